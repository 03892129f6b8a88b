"""Where a line of French must not end: before a colon, inside guillemets, in numbers, amounts and hours."""

from __future__ import annotations

import re

NO_BREAK = "\u00a0"

_SPACE = re.compile(
    r"(?<=\S) (?=[:;!?»](?:[\s.,;:!?)»]|$))"
    r"|(?<=«) "
    r"|(?<!\d{4})(?<=\d) (?=\d{3}(?!\d))"
    r"|(?<=\d) (?=[%$]|(?:h|km|kg|cm|m)\b(?!['’]))"
    r"|(?<=\d h) (?=\d\d\b)"
)


def typeset(text: str) -> str:
    """The text with these spaces unbreakable. Of them English has only a number before its unit.

    >>> typeset("« 95 000 $ »").replace(NO_BREAK, "_")
    '«_95_000_$_»'
    """
    return _SPACE.sub(NO_BREAK, text)
