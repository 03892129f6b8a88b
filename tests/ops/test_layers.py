"""Who may import what, who may read the environment, and that every library is named in pyproject.toml."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from settings import ROOT

FOLDERS = (
    "actions",
    "bench",
    "booking",
    "bot",
    "channels",
    "console",
    "knowledge",
    "nlu",
    "pages",
    "storage",
)
OURS = {*FOLDERS, "wording", "failures", "settings", "tests"}
# TensorFlow comes with Rasa; the encoder's build uses that one.
BROUGHT = {"tensorflow"}
# Libraries that are imported by another name than they are installed by.
DISTRIBUTIONS = {
    "argon2": "argon2-cffi",
    "lingua": "lingua-language-detector",
    "sklearn": "scikit-learn",
    "telegram": "python-telegram-bot",
    "yaml": "pyyaml",
}


def test_imports_go_down_only() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([str(lint)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_only_settings_reads_the_environment() -> None:
    readers = [
        str(file.relative_to(ROOT))
        for file in _sources()
        if re.search(r"os\.getenv|os\.environ(?!\[[^]]+\] = |\.setdefault)", file.read_text("utf-8"))
    ]
    assert readers == []


@pytest.mark.parametrize("file", ["settings.py", "failures.py"])
def test_what_everything_may_import_stands_alone(file: str) -> None:
    assert set(_imported(ROOT / file)) <= sys.stdlib_module_names


def test_the_log_is_told_of_failures_in_one_way() -> None:
    """`failures.where`: an exception's message may quote a person."""
    others = re.compile(r"exc_info|\.exception\(|format_tb|format_exc")
    tellers = [str(file.relative_to(ROOT)) for file in _sources() if others.search(file.read_text("utf-8"))]
    assert tellers == []


def test_every_library_that_is_imported_is_named() -> None:
    named = set(
        re.findall(r'^    "([A-Za-z0-9-]+)', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    )
    for file in _sources():
        for module in _imported(file):
            if module not in OURS | BROUGHT | sys.stdlib_module_names:
                distribution = DISTRIBUTIONS.get(module, module.replace("_", "-"))
                assert distribution in named, f"{file.relative_to(ROOT)} imports {module}"


def _sources() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from (ROOT / folder).rglob("*.py")


def _imported(file: Path) -> Iterator[str]:
    """Top-level names of the modules that a file imports."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]
