"""Who may import what, who may read the environment, and that every library is named in pyproject.toml."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

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
OURS = {*FOLDERS, "wording", "settings", "tests"}
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


def test_settings_stand_alone() -> None:
    assert set(_imported(ROOT / "settings.py")) <= sys.stdlib_module_names


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
