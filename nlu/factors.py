"""The Cholesky factors of fitted classifiers, kept on disk and mapped into memory.

A factor has a column for each example: hundreds of megabytes, tens of seconds of work, and only a change of the articles
needs it. So it is computed once, for all processes that serve the model, and is in no one's memory until then.
"""

from __future__ import annotations

import fcntl
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

Factor = NDArray[np.float32]

# One a language, of the model in use and of the one before it.
_KEPT = 4

logger = logging.getLogger(__name__)


def factors_folder(models_dir: Path) -> Path:
    """Where the factors of the models in `models_dir` are kept: not in their archives, which would swell."""
    return models_dir / "factors"


def kept_factor(folder: Path | None, name: str, size: int, compute: Callable[[Factor], None]) -> Factor:
    """The factor of that name; computed when the folder lacks it, or when there is no folder.

    `compute` makes the factor of a square of zeros in column order, `size` wide, which is the file itself: to write it
    afterwards would take seconds. A folder that cannot be written to costs time and memory, nothing else.
    """
    if folder is None:
        return _in_memory(size, compute)
    file = folder / f"{name}.npy"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not _whole(file):
                _write(file, size, compute)
            file.touch()
            newest = sorted(folder.glob("*.npy"), key=lambda each: each.stat().st_mtime, reverse=True)
            for old in newest[_KEPT:]:
                old.unlink()
        return _mapped(file)
    except OSError as error:
        logger.warning("the classifier's factor is not kept in %s: %s", folder, error)
        return _in_memory(size, compute)


def _in_memory(size: int, compute: Callable[[Factor], None]) -> Factor:
    square: Factor = np.zeros((size, size), np.float32, order="F")
    compute(square)
    return square


def _mapped(file: Path) -> Factor:
    mapped: Factor = np.load(file, mmap_mode="r")
    return mapped


def _whole(file: Path) -> bool:
    try:
        _mapped(file)
    except (OSError, ValueError):
        return False
    return True


def _write(file: Path, size: int, compute: Callable[[Factor], None]) -> None:
    part = file.with_suffix(".part")
    try:
        square: Factor = open_memmap(  # type: ignore[no-untyped-call]
            part, "w+", np.float32, (size, size), fortran_order=True
        )
        _take_room(part)
        compute(square)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _take_room(file: Path) -> None:
    """Raise `OSError` now where the disk has no room: a write to a mapped file without any ends the process."""
    if sys.platform == "linux":
        with file.open("r+b") as stream:
            os.posix_fallocate(stream.fileno(), 0, file.stat().st_size)
