"""A classifier's factor is computed once for all processes, and its absence costs time only."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pytest

from nlu.factors import Factor, kept_factor

FACTOR = np.tril(np.ones((3, 3), np.float32))


class Work:
    """Computes a factor and counts how often it had to."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, square: Factor) -> None:
        self.times += 1
        assert square.flags.f_contiguous, "LAPACK would copy it"
        square[:] = FACTOR


def test_a_factor_is_computed_once_and_is_the_same_from_disk(tmp_path: Path) -> None:
    work = Work()
    first, second = (kept_factor(tmp_path / "factors", "a", 3, work) for _ in range(2))
    assert work.times == 1
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(second, FACTOR)
    assert second.flags.f_contiguous, "LAPACK would copy it"
    with pytest.raises(ValueError, match="read-only"):
        second[0, 0] = 2


def test_a_file_that_was_cut_short_is_no_factor(tmp_path: Path) -> None:
    (tmp_path / "a.npy").write_bytes(b"\x93NUMPY")
    work = Work()
    np.testing.assert_array_equal(kept_factor(tmp_path, "a", 3, work), FACTOR)
    assert kept_factor(tmp_path, "a", 3, work) is not None
    assert work.times == 1, "what was made anew is kept"


def test_a_folder_that_cannot_be_made_costs_memory_only(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert kept_factor(tmp_path / "file" / "factors", "a", 3, Work()).shape == (3, 3)


def test_a_disk_without_room_costs_memory_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, start: int, length: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr("os.posix_fallocate", full)
    work = Work()
    np.testing.assert_array_equal(kept_factor(tmp_path, "a", 3, work), FACTOR)
    assert work.times == 1, "found out before the work, not in the middle of it"
    assert not list(tmp_path.glob("a.*")), "nothing half written stays"


def test_old_factors_make_room(tmp_path: Path) -> None:
    for name in "abcdef":
        kept_factor(tmp_path, name, 3, Work())
    assert len(list(tmp_path.glob("*.npy"))) == 4
    assert (tmp_path / "f.npy").is_file()
