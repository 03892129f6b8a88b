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

FOLDER = Path(__file__).resolve().parent
LANGUAGES = ("en", "fr")
DEFAULT_LANGUAGE = "en"

# Enough to tell the two apart where the real detector has not spoken, as when it is what failed.
_FRENCH_WORDS = frozenset(  # noqa: SIM905
    """
    allo au aux avec bonjour ce ces comment dans de des du elle en est et être faire faut il j'ai je la le les
    mais mes mon ma merci ne nous ou où pas pour puis-je quand que quel quelle quels qui salut séance suis sur
    très un une voudrais vous à ça
    """.split()
)
_ENGLISH_WORDS = frozenset(  # noqa: SIM905
    """
    a am and are be can do does for have hello hi how i if in is it my of or police please session thank thanks
    that the there this to want was what when where who will with would you your
    """.split()
)


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
        return text.format_map(values)
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
    """A rough guess at the language of `text`, `None` when nothing speaks for either."""
    words = text.lower().replace("’", "'").split()
    french = sum(word.strip(".,;:!?") in _FRENCH_WORDS for word in words)
    english = sum(word.strip(".,;:!?") in _ENGLISH_WORDS for word in words)
    if french == english:
        return None
    return "fr" if french > english else "en"
