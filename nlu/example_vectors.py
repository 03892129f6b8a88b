"""Sentence vectors of the example texts, kept beside the encoder so that each is computed once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from knowledge.articles import LANGUAGES
from nlu.encoder import Encoder, Vectors
from nlu.encoder_files import VECTORS_FILES
from nlu.examples import Example


def remembered_vectors(folder: Path, encoder: Encoder, examples: Sequence[Example]) -> list[Vectors]:
    """The vector of each example's text; those known already are read from the encoder's `folder`."""
    known: dict[tuple[str, str], Vectors] = {}
    for language in LANGUAGES:
        texts = list(dict.fromkeys(each.text for each in examples if each.language == language))
        rows = _remembered(folder / VECTORS_FILES.replace("*", language), encoder, texts, language)
        known.update(zip(((language, text) for text in texts), rows, strict=True))
    return [known[each.language, each.text] for each in examples]


def _remembered(file: Path, encoder: Encoder, texts: Sequence[str], language: str) -> Sequence[Vectors]:
    known: dict[str, Vectors] = {}
    try:
        with np.load(file) as kept:
            known = dict(zip(kept["texts"].tolist(), kept["vectors"], strict=True))
    except (OSError, ValueError, KeyError, BadZipFile):
        # Nothing is kept yet, or what was kept was cut short: it is made anew.
        pass
    new = [text for text in texts if text not in known]
    known.update(zip(new, encoder.encode(new, language), strict=True))
    rows = [known[text] for text in texts]
    if new and rows:
        part = file.with_suffix(".part.npz")
        np.savez(part, texts=np.array(texts), vectors=np.stack(rows))
        part.replace(file)
    return rows
