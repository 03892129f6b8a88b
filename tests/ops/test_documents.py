"""The documents say what the code does."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
import yaml

from bot.__main__ import COMMANDS
from settings import PREFIX, ROOT, Settings

ROW = re.compile(r"^\| `(SIGNPOST_\w+)` \| (.*?) \| (.*) \|$", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)\)")


def test_every_setting_is_documented_with_its_default() -> None:
    rows = {name: (default, help) for name, default, help in ROW.findall(_read("docs/settings.md"))}
    expected = {
        PREFIX + field.name.upper(): (_default(field.default), field.metadata["help"])
        for field in fields(Settings)
    }
    assert rows == expected


def _default(value: object) -> str:
    shown = str(value).replace(f"{ROOT}/", "")
    return f"`{shown}`" if shown else "empty"


def test_every_command_is_in_the_readme() -> None:
    readme = _read("README.md")
    assert [name for name in COMMANDS if f"| `{name}" not in readme] == []


@pytest.mark.parametrize(
    "name", ["README.md", "NOTICE.md", "CHANGELOG.md", "docs/settings.md", "docs/architecture.md"]
)
def test_links_lead_somewhere(name: str) -> None:
    folder = (ROOT / name).parent
    assert [link for link in LINK.findall(_read(name)) if not (folder / link).exists()] == []


def test_rasa_finds_the_folder_of_its_tracker_in_a_fresh_clone() -> None:
    tracker = ROOT / yaml.safe_load(_read("endpoints.yml"))["tracker_store"]["db"]
    assert (tracker.parent / ".gitkeep").is_file()
    assert f"!{tracker.parent.name}/.gitkeep" in _read(".gitignore").splitlines()


def _read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")
