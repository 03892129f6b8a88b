"""Graph component: the sentence encoder, which rides in the model."""

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.encoder import Encoder, Vectors
from nlu.encoder_build import EncoderBuildError, is_built
from nlu.encoder_files import GLOSS_FILE, MANIFEST_FILE, MODEL_FILE, TOKENIZER_FILE, WORDS_FILE
from nlu.example_vectors import remembered_vectors
from nlu.examples import Example
from nlu.importer import LABEL, LANGUAGE
from nlu.message_reader import READ
from settings import from_environment

VECTORS = "vectors"
ENCODE = "encode"


class Rows(np.ndarray):  # type: ignore[type-arg]
    """Vectors that Rasa can fingerprint without writing every number out as text
    (rasa/shared/utils/io.py, `deep_container_fingerprint`, 3.6.21), which took a third of the training."""

    def fingerprint(self) -> str:
        return hashlib.sha1(self.tobytes()).hexdigest()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceEncoder(GraphComponent):
    """Sets `vectors` of an example, as wide as its language has it (nlu/encoder.py); of a message `encode`, which gives
    the vectors of texts in a language: which texts is known once their spelling is mended."""

    def __init__(self, model_storage: ModelStorage, resource: Resource, encoder: Encoder) -> None:
        self._model_storage, self._resource, self._encoder = model_storage, resource, encoder

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SentenceEncoder":
        folder = built_encoder()
        return cls(model_storage, resource, Encoder(folder, threads=2))

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "SentenceEncoder":
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, Encoder(folder))

    @staticmethod
    def fingerprint_addon(config: dict[str, Any]) -> str:
        """A rebuilt encoder makes Rasa train again."""
        return (built_encoder() / MANIFEST_FILE).read_text("utf-8")

    def train(self, training_data: TrainingData) -> Resource:
        with self._model_storage.write_to(self._resource) as folder:
            for file in (MODEL_FILE, TOKENIZER_FILE, WORDS_FILE, GLOSS_FILE, MANIFEST_FILE):
                shutil.copyfile(built_encoder() / file, folder / file)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        examples = training_data.nlu_examples
        texts = [Example(each.get(TEXT), each.get(LABEL), each.get(LANGUAGE)) for each in examples]
        vectors = remembered_vectors(built_encoder(), self._encoder, texts)
        for message, vector in zip(examples, vectors, strict=True):
            message.set(VECTORS, vector[None, :].view(Rows))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            read = message.get(READ)
            if read is not None:
                message.set(ENCODE, self._encode)
        return messages

    def _encode(self, texts: Sequence[str], language: str) -> Vectors:
        return np.stack([self._encoder.encode_one(text, language) for text in texts])


def texts_of(read: dict[str, Any]) -> list[str]:
    """The texts that are understood: the message, and its sentences where it has several."""
    return [read["text"], *read["parts"]]


def built_encoder() -> Path:
    """The folder of the built encoder; raises `EncoderBuildError` when there is none."""
    folder = from_environment().models_dir / "encoder"
    if not is_built(folder):
        raise EncoderBuildError(
            f"no sentence encoder in {folder}: build it with `python -m nlu.encoder_build {folder}`"
        )
    return folder
