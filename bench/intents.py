"""Trains the production classifier from scratch on a public data set and prints how well it chooses and rejects.

    python -m bench.intents TRAIN.csv TEST.csv --reject-label oos

Both files have the columns `text,label`. Rows of the reject label in TRAIN, if any, are examples of what belongs
nowhere. The rejection threshold comes from TRAIN alone.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from nlu.encoder import Encoder
from nlu.hybrid import Examples, Floats, HybridModel
from settings import Settings

Booleans = NDArray[np.bool_]
_MOST_FOR_THRESHOLD = 4000
_FOLDS = 5
_ENOUGH_OUTSIDERS = 25


def read_csv(file: Path) -> tuple[list[str], list[str]]:
    """Texts and labels; raises `SystemExit` with the reason when the columns are not there."""
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    if not rows or not {"text", "label"} <= rows[0].keys():
        raise SystemExit(f"{file}: expected the columns text,label and at least one row")
    return [row["text"] for row in rows], [row["label"] for row in rows]


class IntentClassifier:
    """The hybrid model with a rejection: a text belongs nowhere when no label's score reaches the threshold."""

    def __init__(self, encoder: Encoder, reject_label: str) -> None:
        self._encoder, self._reject = encoder, reject_label

    def fit(self, texts: list[str], labels: list[str]) -> None:
        vectors = self._encoder.encode(texts)
        self.threshold = pick_threshold(texts, labels, vectors, self._reject)
        self._model = HybridModel.fit(Examples(tuple(texts), tuple(labels), vectors))

    def predict(self, texts: list[str]) -> tuple[list[str], Floats]:
        """The best label in scope of each text, and the score that is held against the threshold."""
        return _best(self._model, texts, self._encoder.encode(texts), self._reject)


def _best(model: HybridModel, texts: list[str], vectors: Floats, reject: str) -> tuple[list[str], Floats]:
    scores = model.scores(texts, vectors)
    rejected = np.zeros(len(texts), np.float32)
    if reject in model.classes:
        column = model.classes.index(reject)
        rejected = np.maximum(scores[:, column], 0)
        scores[:, column] = -np.inf
    best = scores.argmax(axis=1)
    return [model.classes[n] for n in best], scores[np.arange(len(texts)), best] - rejected


def pick_threshold(texts: list[str], labels: list[str], vectors: Floats, reject: str) -> float:
    """The threshold that best tells held-out examples from held-out outsiders, each counting half.

    Outsiders are the reject label's examples. Where there are too few of them, a fifth of the labels is taken away
    altogether in each fold, and their examples play what nobody has taught.
    """
    rng = np.random.default_rng(0)
    chosen = rng.permutation(len(texts))[:_MOST_FOR_THRESHOLD]
    kept = [n for n in chosen if labels[n] != reject]
    outside = [n for n in chosen if labels[n] == reject]
    classes = sorted({labels[n] for n in kept})
    unseen_fold = {label: n % _FOLDS for n, label in enumerate(rng.permutation(classes))}
    if len(outside) >= _ENOUGH_OUTSIDERS:
        unseen_fold = dict.fromkeys(classes, -1)
    heights: list[float] = []
    right: list[bool] = []
    belongs: list[bool] = []
    for fold in range(_FOLDS):
        held = {n for position, n in enumerate(kept) if position % _FOLDS == fold}
        held_outside = {n for position, n in enumerate(outside) if position % _FOLDS == fold}
        unseen = {n for n in kept if unseen_fold[labels[n]] == fold}
        train = [n for n in [*kept, *outside] if n not in held | unseen | held_outside]
        if len({labels[n] for n in train} - {reject}) < 2:
            continue
        model = HybridModel.fit(
            Examples(tuple(texts[n] for n in train), tuple(labels[n] for n in train), vectors[train])
        )
        known = {labels[n] for n in train}
        test = sorted(held | unseen | held_outside)
        labels_found, found = _best(model, [texts[n] for n in test], vectors[test], reject)
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


def measure(
    train: tuple[list[str], list[str]], test: tuple[list[str], list[str]], reject: str, encoder: Encoder
) -> dict[str, float]:
    """The figures that `python -m bench.intents` prints; shares are between 0 and 1, AUROC in per cent of 1."""
    start = time.perf_counter()
    classifier = IntentClassifier(encoder, reject)
    classifier.fit(*train)
    train_s = time.perf_counter() - start

    texts, labels = test
    found, heights = classifier.predict(texts)
    truth, answer = np.array(labels), np.array(found)
    inside = truth != reject
    accepted = heights >= classifier.threshold
    right = answer == truth
    figures = {
        "in_scope_accuracy": float(right[inside].mean()) if inside.any() else float("nan"),
        "auroc": float(roc_auc_score(inside, heights)) if 0 < inside.sum() < len(inside) else float("nan"),
        "threshold": classifier.threshold,
        "accepted_in_scope_accuracy": float((right & accepted)[inside].mean())
        if inside.any()
        else float("nan"),
        "oos_recall": float((~accepted)[~inside].mean()) if (~inside).any() else float("nan"),
        "accuracy": float(np.where(inside, right & accepted, ~accepted).mean()),
        "train_s": train_s,
    }
    sample = texts[:200]
    start = time.perf_counter()
    for text in sample:
        classifier.predict([text])
    figures["ms_per_message"] = (time.perf_counter() - start) / len(sample) * 1000
    return figures


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.intents", description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("test", type=Path)
    parser.add_argument("--reject-label", required=True)
    options = parser.parse_args(arguments)
    encoder = Encoder(Settings().models_dir / "encoder", threads=2)
    figures = measure(read_csv(options.train), read_csv(options.test), options.reject_label, encoder)
    print(json.dumps({name: round(value, 4) for name, value in figures.items()}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
