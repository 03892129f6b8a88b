"""Which of the questions just shown as buttons a typed message picks: "the second one", "le 2", "la dernière"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlu.text import without_accents

_PICKS = "/choose_article"
_PLACES = (
    "1|#1|one|first|1st|un|premier|premiere|1er|1re|1ere",
    "2|#2|two|second|2nd|deux|deuxieme|second|seconde|2e|2eme",
    "3|#3|three|third|3rd|trois|troisieme|3e|3eme",
)
_LAST = "last|derniere?"
_BEFORE = (
    r"(?:(?:ok|oui|yes|yeah|alors|bon|so|then)\W+)?(?:(?:je (?:prends|veux|voulais|choisis)|i(?: want|'ll take| meant|)|"
    r"c'est|plutot|rather|it's) )?(?:(?:le|la|les|the|celle|number|no\.?|num(?:ero)?|option|choix|question) ?)*"
)
_AFTER = r"(?: (?:one|question|option|choix|svp|stp|s'il vous plait|please|pls|plz|alors|then))*[ .!]*"
_PICKED = [re.compile(f"{_BEFORE}(?:{place}){_AFTER}") for place in (*_PLACES, _LAST)]


def picked(text: str, payloads: Sequence[str]) -> str | None:
    """The payload among those of the buttons last shown that a typed message picks by its place, `None` where it picks none.

    Only articles are picked so: of what else is shown as buttons, whoever shows it reads what is typed.

    >>> picked("la deuxième svp", ['/choose_article{"article": "a"}', '/choose_article{"article": "b"}'])
    '/choose_article{"article": "b"}'
    """
    articles = [payload for payload in payloads if payload.startswith(_PICKS)]
    others = [payload for payload in payloads if not payload.startswith(_PICKS)]
    if not articles or others not in ([], ["/something_else"]):
        return None
    said = without_accents(text.lower().replace("’", "'")).strip()
    place = next((n for n, each in enumerate(_PICKED) if each.fullmatch(said)), None)
    if place is None:
        return None
    if place == len(_PLACES):
        return articles[-1]
    return articles[place] if place < len(articles) else None
