"""The files of a built encoder, by name; all in one folder."""

from nlu.gloss import GLOSS

MODEL_FILE = "model.onnx"
WORDS_FILE = "french-words.npz"
TOKENIZER_FILE = "tokenizer.json"
GLOSS_FILE = GLOSS.name
MANIFEST_FILE = "manifest.json"
# One a language: what the encoder has read (nlu/example_vectors.py).
VECTORS_FILES = "example-vectors.*.npz"
