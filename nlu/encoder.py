"""The sentence encoder at run time: texts in, unit vectors out, by ONNX on one thread."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from nlu.encoder_build import MODEL_FILE, TOKENIZER_FILE

DIMENSIONS = 384
MOST_TOKENS = 256

Vectors = NDArray[np.float32]


class Encoder:
    """all-MiniLM-L6-v2. `encode` takes texts and gives an array (len(texts), 384) of unit length rows."""

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
        self._remembered = lru_cache(maxsize=512)(self._encode_one)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of many texts, the same as `encode_one` gives.

        One by one: the model's eight-bit numbers are scaled by the largest in a batch, so that in company a text gets
        another vector (cosine .99 on average, .98 at worst), and on one thread a batch takes as long.
        """
        if not texts:
            return np.zeros((0, DIMENSIONS), np.float32)
        return np.stack([self._encode_one(text) for text in texts])

    def encode_one(self, text: str) -> Vectors:
        """The vector of one text, remembered: people press the same buttons and ask the same things."""
        return self._remembered(text)

    def _encode_one(self, text: str) -> Vectors:
        encoded = self._tokenizer.encode(text)
        ids = np.array([encoded.ids], np.int64)
        mask = np.array([encoded.attention_mask], np.int64)
        (embedding,) = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
        vector: Vectors = np.asarray(embedding, np.float32)[0]
        vector.setflags(write=False)
        return vector
