"""The fitted classifiers as a trained model keeps them: one pair of files a language, `en.json` and `en.npz`."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlu.examples import Example
from nlu.hybrid import Examples, Floats, HybridModel, Shape
from nlu.kept import beyond_newest, write_whole

# The model in use and the one before it.
_KEPT = 2


@dataclass(frozen=True)
class Fitted:
    """One classifier a language, and the examples of dialogue acts."""

    models: Mapping[str, HybridModel]
    acts: tuple[Example, ...]

    @property
    def vectors(self) -> Mapping[str, Mapping[str, Floats]]:
        """By language the vector of each example's text."""
        return {
            language: dict(zip(model.examples.texts, model.examples.vectors, strict=True))
            for language, model in self.models.items()
        }


def kept_fitted(file: Path, read: Callable[[], Fitted]) -> Fitted:
    """What was kept in `file`, else what `read` gives, which is then kept: to count the examples' n-grams takes seconds."""
    try:
        with file.open("rb") as stream:
            fitted: Fitted = pickle.load(stream)
    # Edge: whatever is wrong with what was kept, it is made anew.
    except Exception:
        fitted = read()
        keep_fitted(file, fitted)
    return fitted


def keep_fitted(file: Path, fitted: Fitted) -> None:
    """Keep what `kept_fitted` will find."""
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, pickle.dumps(fitted, pickle.HIGHEST_PROTOCOL))
    for old in beyond_newest(file.parent.glob(f"*{file.suffix}"), _KEPT):
        old.unlink(missing_ok=True)


def read_fitted(folder: Path, shapes: Mapping[str, Shape], factors: Path) -> Fitted:
    """Read what nlu/hybrid_classifier.py wrote when it was trained; `factors` is where the models' factors are kept."""
    models: dict[str, HybridModel] = {}
    acts: list[Example] = []
    for file in sorted(folder.glob("*.json")):
        language = file.stem
        kept = json.loads(file.read_text("utf-8"))
        arrays = np.load(file.with_suffix(".npz"))
        examples = Examples(tuple(kept["texts"]), tuple(kept["labels"]), arrays["vectors"])
        models[language] = HybridModel.with_dual(examples, arrays["dual"], shapes[language], factors)
        acts += [Example(text, label, language) for text, label in kept["acts"]]
    return Fitted(models, tuple(acts))
