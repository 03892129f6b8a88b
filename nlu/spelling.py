"""Mends a mistyped word when the examples hold the word that was meant, one edit away."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache

from nlu.text import without_accents

# Not within an e-mail address, a link, a number or a double name.
_TYPED = re.compile(r"(?<![\w@./-])[^\W\d_]{4,}(?![\w@/-]|\.\w)")
_WORD = re.compile(r"[^\W\d_]+")
_LONG = re.compile(r"[^\W\d_]{4,}")
# "l" or "qu" run together with a word of at least three letters that begins with a vowel or an h.
_ELIDED = re.compile(r"([cdjlmnst]|qu)([aeiouyh]\w{2,})")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Speller:
    """Knows the words of one language's example texts; `is_word` tells, in lower case, of words well spelt beside them.

    French words may have lost the apostrophe between them: "lentrevue". `needs_none` tells, of French, which words are
    right without one: "lance". It is the stricter of the two: "lage" is somebody's name.
    """

    def __init__(
        self,
        texts: Iterable[str],
        is_word: Callable[[str], bool],
        needs_none: Callable[[str], bool] | None = None,
    ) -> None:
        self._counts = Counter(word for text in texts for word in _WORD.findall(text.lower()))
        self._is_word, self._needs_none = is_word, needs_none
        # The commonest word of each spelling without accents. What stands only once may be mistyped itself.
        self._meant: dict[str, str] = {}
        for word, count in self._counts.most_common():
            if count > 1:
                self._meant.setdefault(without_accents(word), word)
        self._remembered = lru_cache(maxsize=4096)(self._mended)

    def corrected(self, text: str) -> str:
        """The text with its mistyped words mended; the same text where there are none."""
        if self._counts.keys() >= set(_LONG.findall(text.lower())):
            return text
        return _TYPED.sub(lambda found: self._remembered(found[0].lower()) or found[0], text)

    def _mended(self, word: str) -> str:
        """What was meant by a word; "" when it is well spelt, or like none."""
        if word in self._counts:
            return ""
        plain = without_accents(word)
        if self._needs_none and not self._needs_none(word) and plain not in self._meant:
            apart = _ELIDED.fullmatch(plain)
            if apart and apart[2] in self._meant:
                return f"{apart[1]}'{self._meant[apart[2]]}"
        if self._is_word(word):
            return ""
        near = [plain] if plain in self._meant else self._meant.keys() & _one_edit_away(plain)
        return max(
            (self._meant[each] for each in near), key=lambda each: (self._counts[each], each), default=""
        )


def _one_edit_away(word: str) -> set[str]:
    cuts = [(word[:n], word[n:]) for n in range(len(word) + 1)]
    deleted = {a + b[1:] for a, b in cuts if b}
    transposed = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    substituted = {a + c + b[1:] for a, b in cuts if b for c in _LETTERS}
    inserted = {a + c + b for a, b in cuts for c in _LETTERS}
    return deleted | transposed | substituted | inserted
