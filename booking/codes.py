"""Booking codes: short enough to read out, without characters that look or sound alike, not to be guessed."""

from __future__ import annotations

import re
import secrets

# No vowels (no words by accident) and none of 0 O 1 I L 5 S 8 B; 24 letters to the 8th are 110 thousand million.
ALPHABET = "234679CDFGHJKMNPQRTVWXYZ"
LENGTH = 8

_NOT_A_CODE_CHARACTER = re.compile(rf"[^{ALPHABET}]")
# Groups that a person may have parted by spaces, hyphens or dots, found inside a sentence.
_CODE_IN_TEXT = re.compile(
    rf"(?<![A-Z0-9])(?:[{ALPHABET}][ .‐-–-]{{0,3}}){{{LENGTH - 1}}}[{ALPHABET}](?![A-Z0-9])"
)


def new_code() -> str:
    """A code to be shown and stored: `7KQX-M4TZ`."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{letters[:4]}-{letters[4:]}"


def read_code(text: str) -> str | None:
    """The code that stands in `text`, whatever its case and spacing; `None` when there is none.

    >>> read_code("it is 7kqx m4tz, thanks")
    '7KQX-M4TZ'
    """
    match = _CODE_IN_TEXT.search(text.upper())
    if match is None:
        return None
    letters = _NOT_A_CODE_CHARACTER.sub("", match.group())
    return f"{letters[:4]}-{letters[4:]}"
