"""What libraries read from the environment, set before any of them is imported."""

from __future__ import annotations

import contextlib
import io
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def quiet_libraries() -> None:
    """No telemetry, one thread of linear algebra a process, and fewer words that are not ours on the terminal."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    # Two threads on two busy cores made a message wait three times as long.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # It warns where a process that has used more starts another, as the server does for the desk.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    if "avx2" in _processor():
        # OpenBLAS 0.3.18 and 0.3.20 (in the SciPy 1.10 and NumPy 1.23 that Rasa pins) take a processor newer than
        # themselves for one of 2007, and are two to three times slower on it.
        os.environ.setdefault("OPENBLAS_CORETYPE", "Haswell")


def quiet_rasa() -> None:
    """No telemetry, and no user's words on standard output (structlog's default prints them all)."""
    # Only now: most commands need no Rasa.
    import structlog

    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.stdlib.LoggerFactory(),
        # Rasa says much that is not printed, and each time a logger would be made anew.
        cache_logger_on_first_use=True,
    )


def _processor() -> str:
    """What Linux tells of the processor; empty elsewhere."""
    file = Path("/proc/cpuinfo")
    return file.read_text("utf-8", errors="replace") if file.exists() else ""


@contextmanager
def hushed() -> Iterator[io.StringIO]:
    """Keeps what libraries print: Rasa 3.6.21 warns of its own dependencies and draws progress bars.

    Yields what was printed, for when something fails. Logging is not touched.
    """
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        yield said
