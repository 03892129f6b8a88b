"""What a message says before anything is scored: its language, its sentences, and whom it is about."""

from __future__ import annotations

from dataclasses import dataclass

from nlu.text import clean, has_words, is_question, sentences


@dataclass(frozen=True)
class Reading:
    """A message read.

    `parts` are its sentences where it has several, and `asks` tells which of them ask. `elsewhere` tells that it names
    only another police service (nlu/services.py), `words` that it has any.
    """

    text: str
    language: str
    parts: tuple[str, ...] = ()
    asks: tuple[bool, ...] = ()
    elsewhere: bool = False
    words: bool = True

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts that are scored: the message, and its sentences where it has several."""
        return (self.text, *self.parts)


def reading_of(typed: str, so_far: str | None) -> Reading:
    """How a message is read in a conversation that is in a language so far, `None` where it begins one."""
    # Only now: what they import takes seconds.
    from nlu.language import detect
    from nlu.services import names_only_others

    text = clean(typed)
    language = detect(text, so_far)
    parts = tuple(sentences(text, language))
    if len(parts) < 2:
        parts = ()
    asks = tuple(is_question(part, language) for part in parts)
    return Reading(text, language, parts, asks, names_only_others(text), has_words(text))
