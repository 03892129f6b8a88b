"""How like a model's examples the known texts are: computed once, kept on disk, mapped into memory.

A folder belongs to one fitted model. It holds no text, only hashes and numbers made of texts; what is no longer known
is wiped when the known texts next change. One row ("slot") a text, free ones reused:

    keys      16 bytes a slot: the text's hash, zeros when the slot is free; written last, so it tells the truth
    vectors   the sentence vector in float32 a slot, as wide as the model's examples' are
    kernel    one float32 an example a slot: the kernel between the text and each example of the model
    scores    one float32 a class a slot: what the model scores for the text
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

from nlu.hybrid import Floats, HybridModel
from nlu.kept import beyond_newest

Encode = Callable[[Sequence[str]], Floats]
# Told how many texts of how many are done.
Told = Callable[[int, int], None]
Mapped = np.memmap[Any, np.dtype[np.float32]]

_FREE = bytes(16)
_BLOCK = 512
# Counts up when the files of a folder change, so that older ones are left alone.
_FORMAT = 2
# Folders of models kept: the one in use and the one before it.
_KEPT = 4


@contextmanager
def known_texts(root: Path, base: HybridModel, encode: Encode) -> Iterator[KnownTexts]:
    """The known texts beside the fitted model `base`, for one process at a time; others wait."""
    folder = root / f"{base.digest()}.{_FORMAT}"
    folder.mkdir(parents=True, exist_ok=True)
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        os.utime(folder)
        for old in beyond_newest((file for file in root.iterdir() if file.is_dir()), _KEPT):
            shutil.rmtree(old, ignore_errors=True)
        yield KnownTexts(folder, base, encode)


class KnownTexts:
    """Scores of known texts by a fitted model, or by what `changed` made of it, without computing a kernel again.

    Make one with `known_texts`, which locks the folder.
    """

    def __init__(self, folder: Path, base: HybridModel, encode: Encode) -> None:
        self._folder, self._base, self._encode = folder, base, encode
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
        vectors, kernel, scores = self._vectors(), self._kernel(), self._scores()
        vectors[gone], kernel[gone], scores[gone] = 0, 0, 0
        grams = [self._grams, csr_matrix((1, self._grams.shape[1]), dtype=np.float32)]
        fresh = list(new.values())
        for start in range(0, len(fresh), _BLOCK):
            some = fresh[start : start + _BLOCK]
            where = slots[start : start + _BLOCK]
            vectors[where] = self._encode(some)
            kernel[where] = self._base.similarities(some, vectors[where])
            scores[where] = kernel[where] @ self._base.dual
            grams.append(self._base.grams(some))
            if told:
                told(min(start + _BLOCK, len(fresh)), len(fresh))
        vectors.flush()
        kernel.flush()
        scores.flush()
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
        """By `model`, one row a slot: what its base scores, and what its change makes of that."""
        kept, change = self._scores(), model.change
        scores = np.zeros((len(kept), len(model.classes)), np.float32)
        column = {label: n for n, label in enumerate(self._base.classes)}
        for n, label in enumerate(model.classes):
            if label in column:
                scores[:, n] = kept[:, column[label]]
        if change is None:
            return scores
        kernel = self._kernel()
        for n in range(0, len(kernel), _BLOCK):
            scores[n : n + _BLOCK] -= kernel[n : n + _BLOCK] @ change.left @ change.right
        if change.added is not None:
            likeness = self._base.likeness(self._vectors(), self._grams, change.added)
            scores += likeness @ model.dual[-len(change.added.texts) :]
        return scores

    def _vectors(self) -> Mapped:
        return self._rows("vectors", self._base.examples.vectors.shape[1])

    def _kernel(self) -> Mapped:
        return self._rows("kernel", len(self._base.examples.texts))

    def _scores(self) -> Mapped:
        return self._rows("scores", len(self._base.classes))

    def _rows(self, name: str, width: int) -> Mapped:
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
