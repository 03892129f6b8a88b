"""The classifier: kernel ridge regression on a squared mix of meaning and spelling.

k(a, b) = (m * cos(sentence vectors) + (1 - m) * cos(tf-idf of character n-grams)) ** 2, one column a label,
each label weighing the same whatever its number of examples. A label's score is near 1 for its own examples and
near 0 far from them, so the height of the best score also tells what belongs nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_solve, cholesky, lapack
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Shape:
    """The classifier's settings. `meaning` is m above, between 0 and 1; `alpha` the ridge."""

    meaning: float = 0.6
    alpha: float = 0.3
    ngrams: tuple[int, int] = (2, 5)


class HybridModel:
    """A fitted classifier over the labels of its examples; see `fit`."""

    def __init__(
        self, shape: Shape, texts: tuple[str, ...], labels: tuple[str, ...], vectors: Floats
    ) -> None:
        self.shape = shape
        self.texts, self.labels, self.vectors = texts, labels, vectors
        self.classes: tuple[str, ...] = tuple(sorted(set(labels)))
        self._class_of = np.array([self.classes.index(label) for label in labels])
        self._spelling = TfidfVectorizer(
            analyzer="char_wb", ngram_range=shape.ngrams, sublinear_tf=True, dtype=np.float32, lowercase=True
        )
        self._grams: csr_matrix = self._spelling.fit_transform(texts)
        self._grams_by_column: csr_matrix = self._grams.T.tocsr()
        kernel = self._kernel(vectors, self._grams)
        counts = np.bincount(self._class_of, minlength=len(self.classes))
        weights = len(texts) / (len(self.classes) * counts[self._class_of])
        kernel[np.diag_indices_from(kernel)] += (shape.alpha / weights).astype(np.float32)
        targets = np.zeros((len(texts), len(self.classes)), np.float32)
        targets[np.arange(len(texts)), self._class_of] = 1
        self._factor = cholesky(kernel, lower=True, overwrite_a=True, check_finite=False)
        self._dual: Floats = cho_solve((self._factor, True), targets, check_finite=False)

    @classmethod
    def fit(
        cls, texts: Sequence[str], labels: Sequence[str], vectors: Floats, shape: Shape | None = None
    ) -> HybridModel:
        """Fit on texts, their labels, and their sentence vectors (len(texts), 384) of unit length."""
        if not texts:
            raise ValueError("a classifier needs at least one example")
        return cls(shape or Shape(), tuple(texts), tuple(labels), vectors)

    def _kernel(self, vectors: Floats, grams: csr_matrix) -> Floats:
        kernel: Floats = vectors @ self.vectors.T
        kernel *= self.shape.meaning
        spelling = grams @ self._grams_by_column
        if spelling.nnz > 0:
            kernel += (1 - self.shape.meaning) * spelling.toarray()
        # A negative cosine says "unlike", which the square would turn into "alike".
        np.maximum(kernel, 0, out=kernel)
        np.square(kernel, out=kernel)
        return kernel

    def similarities(self, texts: Sequence[str], vectors: Floats) -> Floats:
        """The kernel between each text and each example: (len(texts), number of examples)."""
        return self._kernel(vectors, self._spelling.transform(texts))

    def scores(self, texts: Sequence[str], vectors: Floats) -> Floats:
        """One row a text, one column a label in the order of `classes`."""
        return self.similarities(texts, vectors) @ self._dual

    def held_out_scores(self) -> Floats:
        """What each example would score had it not been among the examples (exact leave-one-out)."""
        inverse, _ = lapack.spotri(self._factor, lower=True)
        leverage = np.diag(inverse)[:, None]
        targets = np.zeros_like(self._dual)
        targets[np.arange(len(self.texts)), self._class_of] = 1
        held_out: Floats = targets - self._dual / leverage
        return held_out
