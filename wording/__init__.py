"""Every string of pages and errors, in both languages: `say("fr", "web.send")`.

`wording/<area>.yml` holds one area's strings, each with its languages side by side:

    send: {en: Send, fr: Envoyer}

What the assistant says in a conversation is not here but in `domain.yml` and in the articles.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from wording.typography import typeset

FOLDER = Path(__file__).resolve().parent
LANGUAGES = ("en", "fr")
DEFAULT_LANGUAGE = "en"


class WordingError(Exception):
    """A file of strings is broken, or a string is missing; the message names the file and the string."""


def say(language: str, key: str, **values: object) -> str:
    """The string `key` ("area.name") in `language`, English when the language is not ours.

    `values` fill its `{places}`. Raises `WordingError` for an unknown key or a place without a value.
    """
    area, _, name = key.partition(".")
    strings = load_area(area)
    if name not in strings:
        raise WordingError(f"wording/{area}.yml has no string {name!r}")
    text = strings[name][language if language in LANGUAGES else DEFAULT_LANGUAGE]
    try:
        return typeset(text).format_map(values)
    except KeyError as error:
        raise WordingError(f"{key} needs a value for {error}") from error


@cache
def load_area(area: str, folder: Path = FOLDER) -> Mapping[str, Mapping[str, str]]:
    """The strings of `wording/<area>.yml`, each in every language; raises `WordingError` on a gap."""
    path = folder / f"{area}.yml"
    try:
        loaded: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise WordingError(f"{path.name}: {error}") from error
    if not isinstance(loaded, dict):
        raise WordingError(f"{path.name}: expected strings by name")
    for name, languages in loaded.items():
        if not isinstance(languages, dict) or set(languages) != set(LANGUAGES):
            raise WordingError(f"{path.name}: {name} needs exactly the languages {', '.join(LANGUAGES)}")
        if not all(isinstance(text, str) and text.strip() for text in languages.values()):
            raise WordingError(f"{path.name}: {name} has an empty string, or a value that needs quotes")
    return loaded


def areas(folder: Path = FOLDER) -> tuple[str, ...]:
    """The names of all areas, in alphabetical order."""
    return tuple(sorted(path.stem for path in folder.glob("*.yml")))


def format_date(day: date, language: str) -> str:
    """A date as people write it: 21 November 2026, 1er mai 2026."""
    number = "1er" if language == "fr" and day.day == 1 else str(day.day)
    return f"{number} {say(language, f'dates.month_{day.month}')} {day.year}"


def guess_language(text: str) -> str | None:
    """A rough guess at the language of `text`, `None` when its words speak for none or for both alike.

    It is for when the real detector has not spoken, as when that is what failed.
    """
    words = [word.strip(".,;:!?") for word in text.lower().replace("’", "'").split()]
    common = {language: set(say(language, "guess.words").split()) for language in LANGUAGES}
    french = sum(word in common["fr"] for word in words)
    english = sum(word in common["en"] for word in words)
    if french == english:
        return None
    return "fr" if french > english else "en"
