"""Files that are kept beside the models, to be made again when they are missing."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def write_whole(file: Path, content: bytes) -> None:
    """Write a file in one move: another process sees the old one or the new one."""
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def beyond_newest(files: Iterable[Path], most: int) -> list[Path]:
    """All but the `most` that were touched last."""
    touched: list[tuple[float, Path]] = []
    for file in files:
        # Another process may have deleted it since it was listed.
        with suppress(FileNotFoundError):
            touched.append((file.stat().st_mtime, file))
    return [file for _, file in sorted(touched, reverse=True)[most:]]
