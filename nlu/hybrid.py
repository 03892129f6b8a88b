"""The classifier: kernel ridge regression on a squared mix of meaning and spelling.

k(a, b) = (m * cos(sentence vectors) + (1 - m) * cos(tf-idf of character n-grams)) ** 2, one column a label,
and labels of few examples may weigh more. A label's score is near 1 for its own examples and
near 0 far from them, so the height of the best score also tells what belongs nowhere.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve, solve, solve_triangular
from scipy.sparse import csr_matrix, vstack
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from threadpoolctl import threadpool_info, threadpool_limits

from nlu.factors import kept_factor

Floats = NDArray[np.float32]

# Rows of the kernel computed at a time, so that the sparse product's copy stays small.
_BLOCK = 1024
# N-grams that are multiplied as dense columns.
_COMMON = 256
# Words whose n-grams are remembered.
_MOST_WORDS = 30_000


@dataclass(frozen=True)
class Shape:
    """The classifier's settings. `meaning` is m above, between 0 and 1; `alpha` the ridge; `balance` 1 lets every
    label weigh the same, 0 every example."""

    meaning: float = 0.6
    alpha: float = 0.3
    balance: float = 1.0
    ngrams: tuple[int, int] = (2, 5)


@dataclass(frozen=True)
class Examples:
    """Texts, the label of each, and their sentence vectors, one row each of unit length (nlu/encoder.py)."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    vectors: Floats

    def __post_init__(self) -> None:
        if not self.texts:
            raise ValueError("a classifier needs at least one example")
        if not len(self.texts) == len(self.labels) == len(self.vectors):
            raise ValueError("each example needs a text, a label and a vector")


class Spelling:
    """Tf-idf of character n-grams within words, fitted once on a set of texts."""

    def __init__(self, texts: Sequence[str], ngrams: tuple[int, int]) -> None:
        self._counter = CountVectorizer(analyzer="char_wb", ngram_range=ngrams, dtype=np.float32)
        counts = self._counter.fit_transform(texts)
        self._rarity: Floats = TfidfTransformer().fit(counts).idf_.astype(np.float32)
        self.fitted: csr_matrix = self._weighed(counts)
        # Words come again and again, and no n-gram reaches over a word's end.
        self._analysed = self._counter.build_analyzer()
        self._places: dict[str, list[int]] = {}

    def grams(self, texts: Sequence[str]) -> csr_matrix:
        """One row of unit length a text; n-grams that the fitted texts lack do not count."""
        rows = [self._counted(text) for text in texts]
        ends = np.cumsum([0, *(len(columns) for columns, _ in rows)])
        none = np.zeros(0, np.intp)
        columns = np.concatenate([none, *(columns for columns, _ in rows)])
        counts = np.concatenate([none, *(counts for _, counts in rows)]).astype(np.float32)
        return self._weighed(csr_matrix((counts, columns, ends), shape=(len(rows), len(self._rarity))))

    def _counted(self, text: str) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The places of a text's n-grams, and how often each is in it."""
        places = [place for word in text.lower().split() for place in self._of_word(word)]
        return np.unique(np.array(places, np.intp), return_counts=True)

    def _of_word(self, word: str) -> list[int]:
        places = self._places.get(word)
        if places is None:
            if len(self._places) >= _MOST_WORDS:
                self._places.clear()
            known = self._counter.vocabulary_
            places = self._places[word] = [known[gram] for gram in self._analysed(word) if gram in known]
        return places

    def _weighed(self, counts: csr_matrix) -> csr_matrix:
        # As scikit-learn's TfidfTransformer with sublinear_tf does, which takes half a millisecond a message.
        counts.data = (1 + np.log(counts.data)) * self._rarity[counts.indices]
        lengths = np.sqrt(np.add.reduceat(np.append(counts.data**2, 0), counts.indptr[:-1]))
        lengths[np.diff(counts.indptr) == 0] = 1
        counts.data /= np.repeat(lengths, np.diff(counts.indptr)).astype(np.float32)
        return counts


@dataclass(frozen=True)
class Change:
    """How `HybridModel.changed` made a model of its base: with the base's examples and the model's classes, its dual is
    the base's less `left` @ `right`; then come the examples `added`."""

    left: Floats
    right: Floats
    added: Examples | None


class HybridModel:
    """A fitted classifier: `scores` of a text for each of `classes`. Make one with `fit` or `changed`."""

    def __init__(
        self,
        shape: Shape,
        examples: Examples,
        spelling: Spelling,
        grams: csr_matrix,
        classes: tuple[str, ...],
        dual: Floats,
        factors: Path | None = None,
    ) -> None:
        self.shape, self.examples, self.classes, self.dual = shape, examples, classes, dual
        self._factors = factors
        self._spelling, self._grams = spelling, grams
        self._grams_by_column: csr_matrix = grams.T.tocsr()
        self._positions: dict[str, NDArray[np.intp]] = {}
        for label, members in groupby(
            np.argsort(examples.labels, kind="stable"), key=examples.labels.__getitem__
        ):
            self._positions[label] = np.fromiter(members, dtype=np.intp)
        # The fitted model that `changed` made this one from, and what the diagonal of the kernel is raised by.
        self.base: HybridModel = self
        self.change: Change | None = None
        self.ridge: Floats = shape.alpha / _weights(examples.labels, shape.balance)
        self._factor: Floats | None = None
        self._factoring = threading.Lock()

    @classmethod
    def fit(cls, examples: Examples, shape: Shape | None = None, factors: Path | None = None) -> HybridModel:
        """Fit on the examples; time grows with the cube of their number (9,000: some seconds).

        What `changed` will need is kept in the folder `factors`, or without one in memory.
        """
        model = cls.with_dual(examples, np.zeros((0, 0), np.float32), shape, factors)
        model.dual = cho_solve(
            (model._cholesky(), True), _targets(examples.labels, model.classes), check_finite=False
        )
        return model

    @classmethod
    def with_dual(
        cls, examples: Examples, dual: Floats, shape: Shape | None = None, factors: Path | None = None
    ) -> HybridModel:
        """A model fitted earlier on the same examples, from its kept `dual` coefficients."""
        shape = shape or Shape()
        spelling = Spelling(examples.texts, shape.ngrams)
        classes = tuple(sorted(set(examples.labels)))
        return cls(shape, examples, spelling, spelling.fitted, classes, dual, factors)

    def digest(self) -> str:
        """Digits that change with all that the fit depends on."""
        digest = hashlib.blake2b(repr(self.shape).encode(), digest_size=8)
        digest.update("\0".join((*self.examples.texts, *self.examples.labels)).encode())
        digest.update(np.ascontiguousarray(self.examples.vectors).tobytes())
        return digest.hexdigest()

    def prepare(self) -> None:
        """Do now what `changed` needs, so that it is quick."""
        self._cholesky()

    def changed(self, removed: Collection[int], added: Examples | None) -> HybridModel:
        """The classifier without the examples at the positions `removed` and with those `added`.

        The result is that of a new fit, but for the n-gram weights and the label weights of the old examples, and
        takes a fraction of a second. Apply every change to the model that was fitted, not to a changed one.
        """
        old = self.examples
        gone = np.array(sorted(removed), dtype=int)
        kept, grams = old, self._grams
        # A slice copies nothing.
        stay: NDArray[np.intp] | slice = slice(None)
        if len(gone):
            staying = stay = np.setdiff1d(np.arange(len(old.texts)), gone)
            texts, labels = (tuple(each[n] for n in staying) for each in (old.texts, old.labels))
            kept, grams = Examples(texts, labels, old.vectors[stay]), grams[stay]
        new_texts = added.texts if added else ()
        new_labels = added.labels if added else ()
        examples = Examples(
            kept.texts + new_texts,
            kept.labels + new_labels,
            np.concatenate([kept.vectors, added.vectors]) if added else kept.vectors,
        )
        classes = tuple(sorted(set(examples.labels)))
        dual = np.zeros((len(old.texts), len(classes)), np.float32)
        for column, label in enumerate(classes):
            if label in self.classes:
                dual[:, column] = self.dual[:, self.classes.index(label)]
        # Taking rows away: with M the inverse, what remains is solved by dual - M[:, gone] M[gone, gone]^-1 dual[gone].
        taken = self._inverse_columns(gone)
        taken_dual = np.zeros((0, len(classes)), np.float32)
        if len(gone):
            taken_dual = solve(taken[gone], dual[gone], assume_a="pos", check_finite=False)
            dual -= taken @ taken_dual
        if added is None:
            change = Change(taken, taken_dual, None)
            return self._derived(examples, grams, classes, dual[stay], self.ridge[stay], change)
        # Adding rows: the Schur complement of the new block.
        new_grams = self._spelling.grams(added.texts)
        across = self._kernel(added.vectors, new_grams)
        solved = cho_solve((self._cholesky(), True), across.T, check_finite=False)
        if len(gone):
            solved -= taken @ solve(taken[gone], solved[gone], assume_a="pos", check_finite=False)
        block = _squared_mix(
            self.shape.meaning, added.vectors, added.vectors, (new_grams @ new_grams.T).toarray()
        )
        weights = _weights(examples.labels, self.shape.balance)[len(kept.texts) :]
        block[np.diag_indices_from(block)] += self.shape.alpha / weights
        rest = _targets(new_labels, classes) - across[:, stay] @ dual[stay]
        new_dual = solve(block - across[:, stay] @ solved[stay], rest, assume_a="pos", check_finite=False)
        dual = np.concatenate([dual[stay] - solved[stay] @ new_dual, new_dual])
        ridge = np.concatenate([self.ridge[stay], self.shape.alpha / weights])
        change = Change(np.hstack([taken, solved]), np.concatenate([taken_dual, new_dual]), added)
        return self._derived(examples, vstack([grams, new_grams]).tocsr(), classes, dual, ridge, change)

    def _derived(
        self,
        examples: Examples,
        grams: csr_matrix,
        classes: tuple[str, ...],
        dual: Floats,
        ridge: Floats,
        change: Change,
    ) -> HybridModel:
        model = HybridModel(self.shape, examples, self._spelling, grams, classes, dual)
        model.base, model.ridge, model.change = self.base, ridge, change
        return model

    def __getstate__(self) -> dict[str, Any]:
        """Without the factor, which has a file of its own (nlu/factors.py)."""
        return {**self.__dict__, "_factor": None, "_factoring": None}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.__dict__.update(state, _factoring=threading.Lock())

    def similarities(self, texts: Sequence[str], vectors: Floats) -> Floats:
        """The kernel between each text and each example: (len(texts), number of examples)."""
        return self._kernel(vectors, self._spelling.grams(texts))

    def scores(self, texts: Sequence[str], vectors: Floats) -> Floats:
        """One row a text, one column a label in the order of `classes`."""
        return self.similarities(texts, vectors) @ self.dual

    def fitted_scores(self) -> Floats:
        """What each example itself scores, from the equation that the fit solves instead of from the kernel."""
        scores: Floats = _targets(self.examples.labels, self.classes) - self.ridge[:, None] * self.dual
        return scores

    def grams(self, texts: Sequence[str]) -> csr_matrix:
        """The n-grams of texts, one row each, to be kept for `likeness`."""
        return self._spelling.grams(texts)

    def likeness(self, vectors: Floats, grams: csr_matrix, others: Examples) -> Floats:
        """The kernel between texts (their vectors and `grams`) and examples of any model with this `base`."""
        spelling = (grams @ self._spelling.grams(others.texts).T.tocsr()).toarray()
        return _squared_mix(self.shape.meaning, vectors, others.vectors, spelling)

    def nearest(self, label: str, similarities: Floats) -> tuple[str, float]:
        """The example of `label` most like a text, given that text's row of `similarities`; and how alike they are."""
        positions = self._positions[label]
        best = positions[int(similarities[positions].argmax())]
        return self.examples.texts[best], float(similarities[best])

    def held_out_scores(self) -> Floats:
        """What each example would score had it not been among the examples (exact leave-one-out)."""
        # The diagonal of the kernel's inverse, from the inverse of its factor. Not by LAPACK's potri or trtri: on
        # processors that OpenBLAS 0.3.18 (in SciPy 1.10) does not know, they crash the process.
        unit = np.eye(len(self.examples.texts), dtype=np.float32)
        inverse = solve_triangular(self._cholesky(), unit, lower=True, overwrite_b=True, check_finite=False)
        leverage = np.einsum("ij,ij->j", inverse, inverse)[:, None]
        held_out: Floats = _targets(self.examples.labels, self.classes) - self.dual / leverage
        return held_out

    def _kernel(self, vectors: Floats, grams: csr_matrix) -> Floats:
        return _squared_mix(
            self.shape.meaning, vectors, self.examples.vectors, (grams @ self._grams_by_column).toarray()
        )

    def _cholesky(self) -> Floats:
        with self._factoring:
            if self._factor is None:
                name = self.digest() if self._factors else ""
                size = len(self.examples.texts)
                self._factor = kept_factor(self._factors, name, size, self._factorise)
            return self._factor

    def _factorise(self, kernel: Floats) -> None:
        """Make the factor of the kernel, in the square of zeros that is given: its lower triangle, all that is read."""
        size = len(self.examples.texts)
        dense, sparse = self._split()
        blocks = [slice(start, min(start + _BLOCK, size)) for start in range(0, size, _BLOCK)]
        by_column = [sparse[columns].T.tocsr() for columns in blocks]

        def compute(number: int) -> None:
            columns = blocks[number]
            for rows, across in zip(blocks[number:], by_column[number:], strict=True):
                alike = dense[columns] @ dense[rows].T
                alike += (sparse[columns] @ across).toarray()
                np.square(np.maximum(alike, 0, out=alike), out=kernel.T[columns, rows])

        # The sparse product knows one thread only; as many run beside each other as linear algebra may use here.
        threads = max(each["num_threads"] for each in threadpool_info())
        with threadpool_limits(1), ThreadPoolExecutor(threads) as pool:
            list(pool.map(compute, range(len(blocks))))
        kernel[np.diag_indices(size)] += self.shape.alpha / _weights(self.examples.labels, self.shape.balance)
        # In column order LAPACK needs no copy of its own.
        factor, _ = cho_factor(kernel, lower=True, overwrite_a=True, check_finite=False)
        assert np.shares_memory(factor, kernel)

    def _split(self) -> tuple[Floats, csr_matrix]:
        """The examples as two sets of rows, whose products add up to the kernel before it is squared.

        The few n-grams that most texts have are nearly all the work of a sparse product, and little beside the sentence
        vectors, which are multiplied as they are.
        """
        meaning, spelling = np.sqrt(np.array([self.shape.meaning, 1 - self.shape.meaning], np.float32))
        grams = self._grams.tocsc()
        by_use = np.argsort(-np.diff(grams.indptr), kind="stable")
        common, others = by_use[:_COMMON], np.sort(by_use[_COMMON:])
        dense = np.hstack([meaning * self.examples.vectors, spelling * grams[:, common].toarray()])
        return dense, grams[:, others].tocsr() * spelling

    def _inverse_columns(self, columns: NDArray[np.int_]) -> Floats:
        unit = np.zeros((len(self.examples.texts), len(columns)), np.float32)
        unit[columns, np.arange(len(columns))] = 1
        solved: Floats = (
            cho_solve((self._cholesky(), True), unit, check_finite=False) if len(columns) else unit
        )
        return solved


def _squared_mix(meaning: float, left: Floats, right: Floats, spelling: Floats) -> Floats:
    kernel: Floats = left @ right.T
    kernel *= meaning
    spelling *= 1 - meaning
    kernel += spelling
    # A negative cosine says "unlike", which the square would turn into "alike".
    np.maximum(kernel, 0, out=kernel)
    np.square(kernel, out=kernel)
    return kernel


def _weights(labels: Sequence[str], balance: float) -> Floats:
    names, position, counts = np.unique(np.array(labels), return_inverse=True, return_counts=True)
    weights: Floats = ((len(labels) / (len(names) * counts[position])) ** balance).astype(np.float32)
    return weights


def _targets(labels: Sequence[str], classes: Sequence[str]) -> Floats:
    column = {label: n for n, label in enumerate(classes)}
    targets = np.zeros((len(labels), len(classes)), np.float32)
    targets[np.arange(len(labels)), [column[label] for label in labels]] = 1
    return targets
