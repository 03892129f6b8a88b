"""The fitted classifiers as a trained model keeps them: one pair of files a language, `en.json` and `en.npz`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlu.examples import Example
from nlu.hybrid import Examples, Floats, HybridModel, Shape


@dataclass(frozen=True)
class Fitted:
    """One classifier a language, the examples of dialogue acts, and by language the vector of each example's text."""

    models: Mapping[str, HybridModel]
    acts: tuple[Example, ...]
    vectors: Mapping[str, Mapping[str, Floats]]


def read_fitted(folder: Path, shapes: Mapping[str, Shape], factors: Path) -> Fitted:
    """Read what nlu/hybrid_classifier.py wrote when it was trained; `factors` is where the models' factors are kept."""
    models: dict[str, HybridModel] = {}
    acts: list[Example] = []
    vectors: dict[str, dict[str, Floats]] = {}
    for file in sorted(folder.glob("*.json")):
        language = file.stem
        kept = json.loads(file.read_text("utf-8"))
        arrays = np.load(file.with_suffix(".npz"))
        examples = Examples(tuple(kept["texts"]), tuple(kept["labels"]), arrays["vectors"])
        models[language] = HybridModel.with_dual(examples, arrays["dual"], shapes[language], factors)
        acts += [Example(text, label, language) for text, label in kept["acts"]]
        vectors[language] = dict(zip(examples.texts, examples.vectors, strict=True))
    return Fitted(models, tuple(acts), vectors)
