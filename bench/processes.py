"""Starts processes for a benchmark, waits until they serve, measures their memory, and stops all of them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

STOP_SECONDS = 10.0
ASK_EVERY_SECONDS = 0.2
_LINES_TOLD = 15


class BenchError(Exception):
    """A benchmark cannot go on; the message says why, with the end of the process's own words."""


@dataclass(frozen=True)
class Process:
    """A running process, the leader of a session in which all that it starts is."""

    name: str
    popen: subprocess.Popen[bytes]
    log: Path

    def finish(self, seconds: float) -> None:
        """Wait for a good end; raises `BenchError`."""
        try:
            code = self.popen.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise self._failed(f"did not end within {seconds:.0f} s") from error
        if code:
            raise self._failed(f"ended with {code}")

    def wait_for(self, url: str, seconds: float) -> None:
        """Wait until `url` answers with success; raises `BenchError`."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.popen.poll() is not None:
                raise self._failed(f"ended with {self.popen.returncode} before it served")
            try:
                with urllib.request.urlopen(url, timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(ASK_EVERY_SECONDS)
        raise self._failed(f"does not serve after {seconds:.0f} s")

    def _failed(self, what: str) -> BenchError:
        words = self.log.read_text("utf-8", "replace").replace("\r", "\n").strip().splitlines()
        return BenchError("\n".join([f"{self.name} {what}. Its last words:", *words[-_LINES_TOLD:]]))


@contextmanager
def running(
    name: str, command: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path
) -> Iterator[Process]:
    """Run `command` in `folder` with `environment` added to this process's; stopped when the block ends."""
    added = [f"{key}={value}" for key, value in environment.items()]
    with log.open("wb") as stream:
        popen = subprocess.Popen(
            ["env", *added, *command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            # A session of its own: it can be stopped with all that it started, and Ctrl-C reaches it by us alone.
            start_new_session=True,
        )
        try:
            yield Process(name, popen, log)
        finally:
            _stop(popen)


def _stop(popen: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(popen.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        popen.wait(STOP_SECONDS)
    # Whatever it started and left behind, or itself when it would not stop.
    with suppress(ProcessLookupError):
        os.killpg(popen.pid, signal.SIGKILL)
    popen.wait()


def memory_megabytes(processes: Sequence[Process]) -> float | None:
    """Resident memory of the processes and all that they started; `None` where there is no /proc."""
    sessions = {process.popen.pid for process in processes}
    pages = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # pid (name) state parent group session …; a name may hold spaces and brackets.
            session = int(stat.read_text("utf-8", "replace").rpartition(")")[2].split()[3])
            if session in sessions:
                pages += int(stat.with_name("statm").read_text().split()[1])
        except (OSError, IndexError, ValueError):
            continue  # It has ended meanwhile.
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20 if pages else None


def free_port() -> int:
    """A port of loopback that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
