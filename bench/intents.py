"""Trains the production classifier from scratch on a public data set and prints how well it chooses and rejects.

    python -m bench.intents TRAIN.csv TEST.csv --reject-label oos

Both files have the columns `text,label`, in any order and beside any others; `sentence` or `utterance`, and `intent` or
`category`, do as well. Rows of the reject label in TRAIN, if any, are examples of what belongs nowhere. The rejection
threshold comes from TRAIN alone.

As an article's title is an example of it (nlu/examples.py), so is a label's name, where it is made of words.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import re
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from nlu.encoder import Encoder
from nlu.encoder_build import is_built
from nlu.hybrid import Examples, Floats, HybridModel
from nlu.spelling import Speller
from nlu.text import clean
from settings import Settings

Booleans = NDArray[np.bool_]
Rows = tuple[list[str], list[str]]
_TEXTS = ("text", "sentence", "utterance")
_LABELS = ("label", "intent", "category")
# A fit's memory grows with the square of the examples: these need some 10 GB.
_MOST_EXAMPLES = 40_000
_MOST_FOR_THRESHOLD = 4000
_FOLDS = 5
# Texts scored at a time: a row of the kernel is as long as there are examples.
_BLOCK = 1024
_WORD_ENDS = re.compile(r"[\W_]+|(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W\d_]{2,}")


def read_csv(file: Path) -> Rows:
    """Cleaned texts and labels of the rows that have a label; raises `SystemExit` with the reason when there are none."""
    try:
        # Excel puts a byte order mark in front.
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(_cells(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SystemExit(f"{file}: cannot be read as a CSV file in UTF-8: {error}") from error
    if not rows:
        raise SystemExit(f"{file}: expected the columns text,label and at least one row with a label")
    return [clean(text) for text, _ in rows], [label for _, label in rows]


def _cells(stream: Iterable[str]) -> Iterator[tuple[str, str]]:
    lines = csv.reader(stream)
    heads = [head.strip().casefold() for head in next(lines, [])]
    text, label = (
        next((heads.index(name) for name in names if name in heads), None) for names in (_TEXTS, _LABELS)
    )
    if text is None or label is None:
        return
    for line in lines:
        cells = [*line, *[""] * len(heads)]
        if cells[label].strip():
            yield cells[text], cells[label].strip()


def examples_of(texts: Sequence[str], labels: Sequence[str], reject: str) -> Rows:
    """What there is to learn from, each once: the texts that are not empty, and the names of the labels in scope."""
    names = [(name, label) for label in sorted(set(labels) - {reject}) if (name := spoken(label))]
    kept = dict.fromkeys(pair for pair in [*zip(texts, labels, strict=True), *names] if pair[0])
    return [text for text, _ in kept], [label for _, label in kept]


def spoken(label: str) -> str:
    """A label's name as it would be said: "card_arrival" and "cardArrival" are "card arrival", "q17" is nothing."""
    words = " ".join(_WORD_ENDS.sub(" ", label).lower().split())
    return words if _WORD.search(words) else ""


class IntentClassifier:
    """The hybrid model with a rejection: a text belongs nowhere when no label's score reaches the threshold."""

    def __init__(self, encoder: Encoder, reject_label: str) -> None:
        self._encoder, self._reject = encoder, reject_label

    def fit(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        """Raises `SystemExit` when the examples are too few or too many."""
        texts, labels = examples_of(texts, labels, self._reject)
        if not set(labels) - {self._reject}:
            raise SystemExit("TRAIN has no text of any label in scope")
        if len(texts) > _MOST_EXAMPLES:
            raise SystemExit(f"TRAIN has {len(texts)} different rows; {_MOST_EXAMPLES} are the most that fit")
        examples = Examples(tuple(texts), tuple(labels), self._encoder.encode(texts))
        self.threshold = pick_threshold(examples, self._encoder, self._reject)
        self._chooser = Chooser(examples, self._encoder, self._reject)

    def predict(self, texts: Sequence[str]) -> tuple[list[str], Floats]:
        """The best label in scope of each text, and the score that is held against the threshold."""
        return self._chooser.best(texts, {})


class Chooser:
    """The model fitted on examples, beside the speller that knows their words."""

    def __init__(self, examples: Examples, encoder: Encoder, reject: str) -> None:
        self._model, self._encoder, self._reject = HybridModel.fit(examples), encoder, reject
        self._speller = Speller(examples.texts, encoder.is_word)

    def best(self, texts: Sequence[str], known: Mapping[str, Floats]) -> tuple[list[str], Floats]:
        """The best label in scope of each text, and by how much it is better than the reject label; texts whose vectors
        are `known` are not encoded."""
        texts, model = [self._speller.corrected(text) for text in texts], self._model
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known = {**known, **dict(zip(new, self._encoder.encode(new), strict=True))}
        vectors = np.stack([known[text] for text in texts])
        blocks = [slice(start, start + _BLOCK) for start in range(0, len(texts), _BLOCK)]
        scores = np.concatenate([model.scores(texts[block], vectors[block]) for block in blocks])
        rejected = np.zeros(len(texts), np.float32)
        if self._reject in model.classes:
            column = model.classes.index(self._reject)
            rejected = np.maximum(scores[:, column], 0)
            scores[:, column] = -np.inf
        best = scores.argmax(axis=1)
        return [model.classes[n] for n in best], scores[np.arange(len(texts)), best] - rejected


def pick_threshold(examples: Examples, encoder: Encoder, reject: str) -> float:
    """The threshold that best tells held-out examples from held-out outsiders, each counting half.

    Outsiders are the reject label's examples, and those of a fifth of the labels, taken away altogether in each fold:
    people ask for more than the reject label's examples tell.
    """
    texts, labels = examples.texts, examples.labels
    vectors = dict(zip(texts, examples.vectors, strict=True))
    rng = np.random.default_rng(0)
    chosen = rng.permutation(len(texts))[:_MOST_FOR_THRESHOLD]
    kept = [n for n in chosen if labels[n] != reject]
    outside = [n for n in chosen if labels[n] == reject]
    classes = sorted({labels[n] for n in kept})
    unseen_fold = {label: n % _FOLDS for n, label in enumerate(rng.permutation(classes))}
    heights: list[float] = []
    right: list[bool] = []
    belongs: list[bool] = []
    for fold in range(_FOLDS):
        held = {n for position, n in enumerate(kept) if position % _FOLDS == fold}
        held_outside = {n for position, n in enumerate(outside) if position % _FOLDS == fold}
        unseen = {n for n in kept if unseen_fold[labels[n]] == fold}
        test = sorted(held | unseen | held_outside)
        tested = set(test)
        train = [n for n in [*kept, *outside] if n not in tested]
        known = {labels[n] for n in train}
        if not test or len(known - {reject}) < 2:
            continue
        rest = Examples(
            tuple(texts[n] for n in train), tuple(labels[n] for n in train), examples.vectors[train]
        )
        labels_found, found = Chooser(rest, encoder, reject).best([texts[n] for n in test], vectors)
        for n, label, height in zip(test, labels_found, found, strict=True):
            inside = labels[n] != reject and labels[n] in known
            heights.append(float(height))
            right.append(label == labels[n])
            belongs.append(inside)
    return best_threshold(np.array(heights), np.array(right), np.array(belongs))


def best_threshold(heights: NDArray[np.float64], right: Booleans, belongs: Booleans) -> float:
    """The height from which answering pays: right answers kept and outsiders refused weigh the same."""
    if not len(heights):
        return 0.0
    order = np.argsort(heights)
    heights, right, belongs = heights[order], right[order], belongs[order]
    inside, outside = max(belongs.sum(), 1), max((~belongs).sum(), 1)
    refused = np.concatenate([[0], np.cumsum(~belongs)]) / outside
    kept = np.concatenate([[0], np.cumsum((right & belongs)[::-1])])[::-1] / inside
    cut = int(np.argmax(refused + kept))
    return float(heights[cut]) if cut < len(heights) else float(heights[-1])


def measure(train: Rows, test: Rows, reject: str, encoder: Encoder) -> dict[str, float]:
    """The figures that `python -m bench.intents` prints: how many messages of TEST are in scope and out of it, shares and
    AUROC between 0 and 1 (NaN where there is no such message), and times."""
    start = time.perf_counter()
    classifier = IntentClassifier(encoder, reject)
    classifier.fit(*train)
    train_s = time.perf_counter() - start

    texts, labels = test
    found, heights = classifier.predict(texts)
    inside = np.array([label != reject for label in labels])
    right = np.array([answer == label for answer, label in zip(found, labels, strict=True)])
    accepted = heights >= classifier.threshold
    figures = {
        "in_scope": int(inside.sum()),
        "out_of_scope": int((~inside).sum()),
        "in_scope_accuracy": _share(right[inside]),
        "auroc": float(roc_auc_score(inside, heights)) if 0 < inside.sum() < len(inside) else math.nan,
        "threshold": classifier.threshold,
        "accepted_in_scope_accuracy": _share((right & accepted)[inside]),
        "oos_recall": _share(~accepted[~inside]),
        "accuracy": _share(np.where(inside, right & accepted, ~accepted)),
        "train_s": train_s,
    }
    sample = texts[:200]
    start = time.perf_counter()
    for text in sample:
        classifier.predict([text])
    figures["ms_per_message"] = (time.perf_counter() - start) / len(sample) * 1000
    return figures


def _share(met: Booleans) -> float:
    return float(met.mean()) if len(met) else math.nan


def remarks(train: Rows, test: Rows, reject: str) -> Iterator[str]:
    """What makes figures other than one may think."""
    known, asked = set(train[1]), set(test[1])
    if reject not in asked:
        like = sorted(label for label in known | asked if label.casefold() == reject.casefold())
        hint = f" (but {', '.join(like)})" if like else ""
        yield f"TEST has no row of the reject label {reject}{hint}: nothing can be said of rejection"
    if unknown := sorted(asked - known - {reject}):
        rows = sum(label in set(unknown) for label in test[1])
        yield f"TEST has {rows} rows of {len(unknown)} labels that TRAIN lacks, which count as wrong: {unknown[0]} ..."


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench.intents",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("train", type=Path)
    parser.add_argument("test", type=Path)
    parser.add_argument("--reject-label", required=True, help="the label of what belongs nowhere")
    options = parser.parse_args(arguments)
    train, test, reject = read_csv(options.train), read_csv(options.test), options.reject_label.strip()
    folder = Settings().models_dir / "encoder"
    if not is_built(folder):
        raise SystemExit("There is no sentence encoder: `python -m bot train` builds it")
    for remark in remarks(train, test, reject):
        print(remark, file=sys.stderr)
    figures = measure(train, test, reject, Encoder(folder, threads=2))
    # JSON knows no NaN.
    rounded = {name: None if math.isnan(value) else round(value, 4) for name, value in figures.items()}
    print(json.dumps(rounded, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
