"""What a benchmark starts is stopped, and what fails to start is told with its last words."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from bench.processes import BenchError, free_port, memory_megabytes, running

PARENT = (
    "import subprocess, sys; child = subprocess.Popen(['sleep', '60']); "
    "print(child.pid, flush=True); child.wait()"
)
SERVER = ("-m", "http.server", "--bind", "127.0.0.1")


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def test_a_process_that_fails_is_told_with_its_last_words(tmp_path: Path) -> None:
    command = python("-c", "import os; print(os.environ['WORD']); raise SystemExit(3)")
    failure = pytest.raises(BenchError, match=r"it ended with 3[\s\S]*marmalade")
    with running("it", command, tmp_path, {"WORD": "marmalade"}, tmp_path / "log") as process, failure:
        process.finish(20)


def test_a_server_that_ends_before_it_serves_is_told(tmp_path: Path) -> None:
    command = python("-c", "print('no such port')")
    failure = pytest.raises(BenchError, match=r"before it served[\s\S]*no such port")
    with running("it", command, tmp_path, {}, tmp_path / "log") as process, failure:
        process.wait_for(f"http://127.0.0.1:{free_port()}/", 20)


def test_a_server_serves_until_the_block_ends(tmp_path: Path) -> None:
    port = free_port()
    with running("it", python(*SERVER, str(port)), tmp_path, {}, tmp_path / "log") as process:
        process.wait_for(f"http://127.0.0.1:{port}/", 20)
        assert process.popen.poll() is None
        memory = memory_megabytes([process])
        assert memory is None or 1 < memory < 500
    assert process.popen.poll() is not None


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for the process in /proc")
def test_what_a_process_started_is_stopped_with_it(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with running("it", python("-c", PARENT), tmp_path, {}, log) as process:
        while not log.read_text().endswith("\n"):
            assert process.popen.poll() is None
        child = int(log.read_text())
    end = time.monotonic() + 10
    while _runs(child):
        assert time.monotonic() < end, f"{child} still runs"


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    # Z: dead, and not yet collected by the system's first process.
    return state != "Z"
