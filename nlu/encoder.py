"""The sentence encoder at run time: texts in, unit vectors out, by ONNX."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from nlu.encoder_files import GLOSS_FILE, MODEL_FILE, TOKENIZER_FILE, WORDS_FILE
from nlu.gloss import Gloss
from nlu.word_vectors import WIDTH, WordVectors

DIMENSIONS = 384
MOST_TOKENS = 256

Vectors = NDArray[np.float32]


class Encoder:
    """all-MiniLM-L6-v2, which has read little French: of a French text it reads the gloss (nlu/gloss.py), and half of the
    vector is made of the words' own vectors.

    Rows are of unit length, 384 wide, French ones 684. The model's eight-bit numbers are scaled by the largest in a
    batch, so each text is a batch of its own: its vector is the same whatever else is asked for, in as little time.
    `threads` encode beside each other; one is for a worker, whose core has others to serve.
    """

    def __init__(self, folder: Path, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / MODEL_FILE), options, providers=["CPUExecutionProvider"]
        )
        self._threads = threads
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        self._tokenizer.enable_truncation(MOST_TOKENS)
        # Its file says to fill every text up to 128 tokens.
        self._tokenizer.no_padding()
        self._french = WordVectors(folder / WORDS_FILE)
        self._gloss = Gloss(folder / GLOSS_FILE)
        self._remembered = lru_cache(maxsize=512)(self._encode)

    def encode(self, texts: Sequence[str], language: str = "en") -> Vectors:
        """The vectors of texts of one language, a row each."""
        vectors = np.empty((len(texts), DIMENSIONS + (WIDTH if language == "fr" else 0)), np.float32)
        with ThreadPoolExecutor(self._threads) as pool:
            for row, vector in enumerate(pool.map(lambda text: self._encode(text, language), texts)):
                vectors[row] = vector
        return vectors

    def encode_one(self, text: str, language: str = "en") -> Vectors:
        """The vector of one text, remembered: people press the same buttons and ask the same things."""
        return self._remembered(text, language)

    def is_word(self, word: str, language: str = "en") -> bool:
        """Whether a word in lower case is known whole: not in pieces, as rare and mistyped words are."""
        return self._tokenizer.token_to_id(word) is not None or (language == "fr" and word in self._french)

    def is_glossed(self, word: str) -> bool:
        """Whether a French word in lower case has its English in the gloss."""
        return word in self._gloss

    def _encode(self, text: str, language: str) -> Vectors:
        if language == "fr":
            # The cosine of two such rows is the mean of the glosses' cosine and the words'.
            both = np.hstack([self._run(self._gloss.of(text)), self._french.of(text)])
            vector = both * np.float32(np.sqrt(0.5))
        else:
            vector = self._run(text)
        vector.setflags(write=False)
        return vector

    def _run(self, text: str) -> Vectors:
        read = self._tokenizer.encode(text)
        given = {"input_ids": read.ids, "attention_mask": read.attention_mask}
        (rows,) = self._session.run(None, {name: np.array([ids], np.int64) for name, ids in given.items()})
        vector: Vectors = np.asarray(rows[0], np.float32)
        return vector
