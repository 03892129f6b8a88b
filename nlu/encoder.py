"""The sentence encoder at run time: texts in, unit vectors out, by ONNX on one thread."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from nlu.encoder_build import MODEL_FILE, TOKENIZER_FILE, WORDS_FILE
from nlu.word_vectors import WIDTH, WordVectors

DIMENSIONS = 384
MOST_TOKENS = 256
_BATCH = 64

Vectors = NDArray[np.float32]


class Encoder:
    """all-MiniLM-L6-v2, which has read little French: a French text's vector is half made of its words' own vectors.

    `encode` takes texts of one language and gives an array of rows of unit length: 384 wide, French ones 684.
    """

    def __init__(self, folder: Path, threads: int = 1) -> None:
        # One thread a worker: two threads on two busy cores are several times slower than one.
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / MODEL_FILE), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        self._tokenizer.enable_truncation(MOST_TOKENS)
        self._tokenizer.enable_padding()
        self._french = WordVectors(folder / WORDS_FILE)
        self._remembered = lru_cache(maxsize=512)(self._encode_one)

    def encode(self, texts: Sequence[str], language: str = "en") -> Vectors:
        """Unit vectors of many texts, quickly: batched by length so that little is padding.

        The model's eight-bit numbers are scaled by the largest in a batch, so that a text's vector differs a little
        from the one that it has alone (cosine .99 on average): near enough for examples, not for a repeatable score.
        """
        order = sorted(range(len(texts)), key=lambda n: len(texts[n]))
        vectors = np.empty((len(texts), DIMENSIONS), np.float32)
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            vectors[batch] = self._run([texts[n] for n in batch])
        return self._with_words(texts, vectors, language)

    def encode_each(self, texts: Sequence[str], language: str = "en") -> Vectors:
        """Unit vectors of many texts, the same as `encode_one` gives; some three times slower than `encode`."""
        if not texts:
            return self.encode([], language)
        return np.stack([self._encode_one(text, language) for text in texts])

    def encode_one(self, text: str, language: str = "en") -> Vectors:
        """The vector of one text, remembered: people press the same buttons and ask the same things."""
        return self._remembered(text, language)

    def is_word(self, word: str, language: str = "en") -> bool:
        """Whether a word in lower case is known whole: not in pieces, as rare and mistyped words are."""
        return self._tokenizer.token_to_id(word) is not None or (language == "fr" and word in self._french)

    def _encode_one(self, text: str, language: str) -> Vectors:
        vector: Vectors = self._with_words([text], self._run([text]), language)[0]
        vector.setflags(write=False)
        return vector

    def _with_words(self, texts: Sequence[str], vectors: Vectors, language: str) -> Vectors:
        if language != "fr":
            return vectors
        words = np.array([self._french.of(text) for text in texts], np.float32).reshape(len(texts), WIDTH)
        # The cosine of two such rows is the mean of the sentences' cosine and the words'.
        both: Vectors = np.hstack([vectors, words]) * np.float32(np.sqrt(0.5))
        return both

    def _run(self, texts: list[str]) -> Vectors:
        encoded = self._tokenizer.encode_batch(texts)
        ids = np.array([each.ids for each in encoded], np.int64)
        mask = np.array([each.attention_mask for each in encoded], np.int64)
        (embedding,) = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
        return np.asarray(embedding, np.float32)
