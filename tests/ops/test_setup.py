"""`tools/setup` on machines with no uv, a broken uv, broken Pythons. Every program it finds is a stand-in."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from settings import ROOT

TOOLS = ("sh", "dirname", "date", "mkdir", "rm", "ln", "find", "head", "tail", "cat")

UV = """#!/bin/sh
if [ "$1" = --version ]; then echo "uv {version} (stand-in)"; exit 0; fi
echo "$0 $*" >>"{log}"
exit {status}
"""
BROKEN = """#!/bin/sh
echo "pyenv: version '3.10' is not installed" >&2
exit 127
"""
# A Python that can do some of: being 3.10, making virtual environments, running pip.
PYTHON = """#!/bin/sh
case "$*" in
    *"!= (3, 10)"*) {is_310} ;;
    "-c "*) exit 0 ;;
    "-m venv "*) {venv} || exit 1; mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
    "-m pip install --target "*) {pip} || exit 1; mkdir -p "$5/bin"; cp "{uv}" "$5/bin/uv" ;;
    "-m pip install "*) cp "{uv}" "$(dirname "$0")/uv" ;;
    *) exit 1 ;;
esac
"""


@dataclass
class Machine:
    """A clone with `tools/setup`, a PATH of its own, and what was asked of uv."""

    folder: Path

    def __post_init__(self) -> None:
        (self.clone / "tools").mkdir(parents=True)
        shutil.copy(ROOT / "tools" / "setup", self.clone / "tools")
        self.path.mkdir()
        (self.folder / "home").mkdir()
        for tool in [*TOOLS, "cp"]:
            (self.path / tool).symlink_to(shutil.which(tool) or tool)
        self.write(self.folder / "new-uv", self.uv_text())

    @property
    def clone(self) -> Path:
        return self.folder / "clone"

    @property
    def path(self) -> Path:
        return self.folder / "bin"

    @property
    def log(self) -> Path:
        return self.folder / "uv-calls"

    def uv_text(self, version: str = "0.9.1", status: int = 0) -> str:
        return UV.format(version=version, log=self.log, status=status)

    def python_text(self, venv: bool = True, pip: bool = True, is_310: bool = False) -> str:
        words = {True: "true", False: "false"}
        return PYTHON.format(
            uv=self.folder / "new-uv", venv=words[venv], pip=words[pip], is_310=words[is_310]
        )

    def write(self, file: Path, text: str) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o755)

    def put(self, name: str, text: str) -> None:
        self.write(self.path / name, text)

    def setup(self, what: str = "all") -> subprocess.CompletedProcess[str]:
        # A real Python may be tried as well, by its whole path: its pip is kept from the network.
        environment = {
            "PATH": str(self.path),
            "HOME": str(self.folder / "home"),
            "PYENV_ROOT": str(self.folder / "pyenv"),
            "PIP_NO_INDEX": "1",
            "PIP_CONFIG_FILE": os.devnull,
        }
        return subprocess.run(
            [str(self.clone / "tools" / "setup"), what],
            env=environment, cwd=self.folder, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    def calls(self) -> str:
        return self.log.read_text() if self.log.exists() else ""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_uv_that_works_is_used_and_nothing_is_fetched(machine: Machine) -> None:
    machine.put("uv", machine.uv_text())
    assert machine.setup().returncode == 0
    assert "sync --frozen" in machine.calls()
    assert not (machine.clone / ".tools").exists()


@pytest.mark.parametrize("unfit", [BROKEN, UV.format(version="0.4.30", log="/dev/null", status=0)])
def test_a_uv_that_fails_or_is_too_old_is_not_chosen(machine: Machine, unfit: str) -> None:
    machine.put("uv", unfit)
    machine.put("python3", machine.python_text())
    assert machine.setup().returncode == 0
    assert f"{machine.clone}/.tools/bin/uv sync" in machine.calls()


def test_a_python_whose_shim_fails_is_survived(machine: Machine) -> None:
    machine.put("python3", BROKEN)
    machine.put("python3.12", machine.python_text())
    assert machine.setup().returncode == 0
    assert ".tools/bin/uv sync" in machine.calls()


def test_a_python_of_pyenv_is_found_behind_its_shims(machine: Machine) -> None:
    machine.put("python3", BROKEN)
    python = machine.folder / "pyenv" / "versions" / "3.10.13" / "bin" / "python3.10"
    machine.write(python, machine.python_text(is_310=True))
    machine.put("uv", machine.uv_text())
    assert machine.setup().returncode == 0
    assert f"--python {python}" in machine.calls()


def test_without_venv_uv_comes_by_pip_alone(machine: Machine) -> None:
    machine.put("python3", machine.python_text(venv=False))
    assert machine.setup().returncode == 0
    assert ".tools/lib/bin/uv sync" in machine.calls()


def test_without_a_python_310_uv_brings_one(machine: Machine) -> None:
    machine.put("uv", machine.uv_text())
    machine.put("python3.10", BROKEN)
    machine.setup()
    assert "--python 3.10 " in machine.calls()


def test_a_second_time_the_uv_that_was_brought_is_used(machine: Machine) -> None:
    machine.put("python3", machine.python_text())
    machine.setup()
    machine.put("python3", BROKEN)
    assert machine.setup().returncode == 0
    assert machine.calls().count("sync") == 2


def test_serving_needs_no_tools_for_tests_and_removes_none(machine: Machine) -> None:
    machine.put("uv", machine.uv_text())
    machine.setup("run")
    assert "--no-default-groups --group encoder --inexact" in machine.calls()


def test_when_nothing_works_it_says_how_to_mend_it(machine: Machine) -> None:
    machine.put("python3", machine.python_text(venv=False, pip=False))
    result = machine.setup()
    assert result.returncode == 2
    assert ".tools/uv.log" in result.stderr
    assert "install uv" in result.stderr


def test_dependencies_that_do_not_install_stop_it(machine: Machine) -> None:
    machine.put("uv", machine.uv_text(status=1))
    result = machine.setup()
    assert result.returncode == 2
    assert "could not be installed" in result.stderr
