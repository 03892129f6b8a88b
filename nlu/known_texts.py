"""How like a model's examples the known texts are: computed once, kept on disk, mapped into memory.

A folder belongs to one fitted model. It holds no text, only hashes and numbers made of texts; what is no longer known
is wiped when the known texts next change. One row ("slot") a text, free ones reused:

    keys      16 bytes a slot: the text's hash, zeros when the slot is free; written last, so it tells the truth
    vectors   the sentence vector in float32 a slot, as wide as the model's examples' are
    kernel    one float32 an example a slot: the kernel between the text and each example of the model
    grams.npz the n-grams, a sparse row a slot
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, load_npz, save_npz, vstack

from nlu.hybrid import Examples, Floats, HybridModel

Encode = Callable[[Sequence[str]], Floats]
# Told how many texts of how many are done.
Told = Callable[[int, int], None]

_FREE = bytes(16)
_BLOCK = 512
# Folders of models kept: the one in use and the one before it.
_KEPT = 4


@contextmanager
def known_texts(root: Path, base: HybridModel, encode: Encode) -> Iterator[KnownTexts]:
    """The known texts beside the fitted model `base`, for one process at a time; others wait."""
    folder = root / base.digest()
    folder.mkdir(parents=True, exist_ok=True)
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        os.utime(folder)
        for old in sorted((f for f in root.iterdir() if f.is_dir()), key=lambda f: -f.stat().st_mtime)[
            _KEPT:
        ]:
            shutil.rmtree(old, ignore_errors=True)
        yield KnownTexts(folder, base, encode)


class KnownTexts:
    """Scores of known texts by a fitted model, or by what `changed` made of it, without computing a kernel again.

    Make one with `known_texts`, which locks the folder.
    """

    def __init__(self, folder: Path, base: HybridModel, encode: Encode) -> None:
        self._folder, self._base, self._encode = folder, base, encode
        self._examples = {text: n for n, text in enumerate(base.examples.texts)}
        kept = folder / "keys"
        content = kept.read_bytes() if kept.is_file() else b""
        self._keys = [content[n : n + 16] for n in range(0, len(content), 16)]
        self._slots = {key: slot for slot, key in enumerate(self._keys) if key != _FREE}
        self._grams: csr_matrix = load_npz(folder / "grams.npz") if self._keys else base.grams([""])[:0]

    def hold(self, texts: Sequence[str], told: Told | None = None) -> int:
        """Keep exactly these texts; returns how many were new. Some milliseconds for each of those."""
        wanted = {_key(text): text for text in texts}
        gone = [slot for key, slot in self._slots.items() if key not in wanted]
        new = {key: text for key, text in wanted.items() if key not in self._slots}
        if not gone and not new:
            return 0
        for slot in gone:
            self._keys[slot] = _FREE
        self._write_keys()
        slots = [slot for slot, key in enumerate(self._keys) if key == _FREE][: len(new)]
        slots += range(len(self._keys), len(self._keys) + len(new) - len(slots))
        self._keys += [_FREE] * (max(slots, default=-1) + 1 - len(self._keys))
        vectors, kernel = self._rows("vectors", self._width), self._rows("kernel", len(self._examples_texts))
        vectors[gone], kernel[gone] = 0, 0
        grams = [self._grams, csr_matrix((1, self._grams.shape[1]), dtype=np.float32)]
        fresh = list(new.values())
        for start in range(0, len(fresh), _BLOCK):
            some = fresh[start : start + _BLOCK]
            where = slots[start : start + _BLOCK]
            vectors[where] = self._encode(some)
            kernel[where] = self._base.similarities(some, vectors[where])
            grams.append(self._base.grams(some))
            if told:
                told(min(start + _BLOCK, len(fresh)), len(fresh))
        vectors.flush()
        kernel.flush()
        empty = self._grams.shape[0]
        rows = np.full(len(self._keys), empty)
        kept = [slot for slot, key in enumerate(self._keys) if key != _FREE]
        rows[kept] = kept
        rows[slots] = empty + 1 + np.arange(len(fresh))
        self._grams = vstack(grams).tocsr()[rows]
        save_npz(self._folder / "new.npz", self._grams, compressed=False)
        (self._folder / "new.npz").replace(self._folder / "grams.npz")
        for key, slot in zip(new, slots, strict=True):
            self._keys[slot] = key
        self._slots = {key: slot for slot, key in enumerate(self._keys) if key != _FREE}
        self._write_keys()
        return len(new)

    def scores(self, texts: Sequence[str], model: HybridModel) -> Floats:
        """What `model`, whose base this is, scores for held texts and for its own examples: a row a text, a column a
        class. Texts that are neither are scored as a new message is."""
        assert model.base is self._base
        position = {text: n for n, text in enumerate(model.examples.texts)}
        own = [n for n, text in enumerate(texts) if text in position]
        held = [n for n, text in enumerate(texts) if text not in position and _key(text) in self._slots]
        rest = sorted(set(range(len(texts))) - {*own, *held})
        scores = np.empty((len(texts), len(model.classes)), np.float32)
        scores[own] = model.fitted_scores()[[position[texts[n]] for n in own]]
        if held:
            scores[held] = self._held_scores(model)[[self._slots[_key(texts[n])] for n in held]]
        if rest:
            others = [texts[n] for n in rest]
            scores[rest] = model.scores(others, self._encode(others))
        return scores

    def _held_scores(self, model: HybridModel) -> Floats:
        """By `model`, one row a slot."""
        columns = np.array([self._examples.get(text, -1) for text in model.examples.texts])
        kept = np.flatnonzero(columns >= 0)
        # A text may stand under several labels: its rows are added up.
        place = csr_matrix(
            (np.ones(len(kept), np.float32), (columns[kept], kept)),
            shape=(len(self._examples_texts), len(columns)),
        )
        dual = place @ model.dual
        kernel = self._rows("kernel", len(dual))
        scores: Floats = np.concatenate(
            [kernel[n : n + _BLOCK] @ dual for n in range(0, len(kernel), _BLOCK)]
        )
        added = np.flatnonzero(columns < 0)
        if len(added):
            examples = Examples(
                tuple(model.examples.texts[n] for n in added),
                tuple(model.examples.labels[n] for n in added),
                model.examples.vectors[added],
            )
            likeness = self._base.likeness(self._rows("vectors", self._width), self._grams, examples)
            scores += likeness @ model.dual[added]
        return scores

    @property
    def _examples_texts(self) -> tuple[str, ...]:
        return self._base.examples.texts

    @property
    def _width(self) -> int:
        return int(self._base.examples.vectors.shape[1])

    def _rows(self, name: str, width: int) -> np.memmap[Any, np.dtype[np.float32]]:
        """The file of that name as an array with a row a slot, made as long as it has to be."""
        file = self._folder / name
        with file.open("ab") as stream:
            stream.truncate(len(self._keys) * width * 4)
        return np.memmap(file, np.float32, "r+", shape=(len(self._keys), width))

    def _write_keys(self) -> None:
        new = self._folder / "keys.new"
        new.write_bytes(b"".join(self._keys))
        new.replace(self._folder / "keys")


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()
