"""French word for word in English: a gloss, rough but with the meaning in it, for an encoder that has read little French.

The words stand in `nlu/data/gloss.fr.tsv`, a word or an expression a line, a tab, and its English as people mean it who
ask about joining the police; "-" is for what is left out. A word that is not there stays as it is: names, and
what both languages share. A service with words of its own adds them to the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from nlu.text import without_accents

GLOSS = Path(__file__).with_name("data") / "gloss.fr.tsv"

_LEFT_OUT = "-"
_TOKEN = re.compile(r"[^\W_]+'?|[?!.,;:]")
_SIGN = re.compile(r" ([?!.,;:])")


class Gloss:
    """The words of a file; `of` a text is its gloss. Raises `ValueError`, with the line's number, for a line amiss."""

    def __init__(self, file: Path) -> None:
        self._meanings = {_joined(french): english for french, english in _lines(file)}
        # Accents are left out so often; a word that is spelt so itself keeps its own meaning.
        for french, english in list(self._meanings.items()):
            self._meanings.setdefault(without_accents(french), english)
        self._longest = max((key.count(" ") + 1 for key in self._meanings), default=0)

    def of(self, text: str) -> str:
        """The gloss of a text, in lower case: the longest expression that is known first.

        >>> gloss.of("C'est quoi l'âge minimum pour appliquer?")
        "what is the minimum age to apply?"
        """
        tokens = _TOKEN.findall(text.lower().replace("’", "'"))
        said: list[str] = []
        start = 0
        while start < len(tokens):
            english, end = self._longest_known(tokens, start)
            said.append(english)
            start = end
        return _SIGN.sub(r"\1", " ".join(filter(None, said)))

    def __contains__(self, word: str) -> bool:
        return _joined(word) in self._meanings

    def _longest_known(self, tokens: list[str], start: int) -> tuple[str, int]:
        for end in range(min(start + self._longest, len(tokens)), start, -1):
            french = " ".join(tokens[start:end])
            english = self._meanings.get(french)
            if english is None:
                english = self._meanings.get(without_accents(french))
            if english is not None:
                return english, end
        return tokens[start].rstrip("'"), start + 1


def words_of(file: Path) -> tuple[frozenset[str], frozenset[str]]:
    """All words of a gloss, in lower case: French ones, with and without accents, and English ones."""
    french, english = zip(*_lines(file), strict=True)
    said = set(_TOKEN.findall(" ".join(french).lower()))
    return frozenset(said | set(map(without_accents, said))), frozenset(
        _TOKEN.findall(" ".join(english).lower())
    )


def _lines(file: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        french, tab, english = line.partition("\t")
        if not (tab and french.strip() and english.strip()) or "\t" in english:
            raise ValueError(f"{file}:{number}: not a French word, a tab and its English")
        yield french, "" if english == _LEFT_OUT else english


def _joined(french: str) -> str:
    """As a text's tokens are looked up: "est-ce qu'il" is four."""
    return " ".join(_TOKEN.findall(french.lower().replace("’", "'")))
