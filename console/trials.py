"""What adding an example question would do, as the desk shows it; whoever runs the desk hands in how to find out."""

from __future__ import annotations

from collections.abc import Awaitable, Collection
from dataclasses import dataclass
from typing import Protocol

from knowledge.articles import Article
from knowledge.masking import LABELS

LONGEST_EXAMPLE = 300


@dataclass(frozen=True)
class Met:
    """How a question is met: answered, clarified, unanswered, out_of_scope or act, and by which articles."""

    outcome: str
    articles: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """A known question that would be met otherwise."""

    text: str
    language: str
    before: Met
    after: Met


@dataclass(frozen=True)
class Nearer:
    """The example is more like this question of another article, or of small talk, than like any of its own."""

    article: str
    text: str


@dataclass(frozen=True)
class Trial:
    """What a change would do to `compared` known questions; `worse` and `better` are labelled ones."""

    compared: int
    worse: tuple[Change, ...]
    better: tuple[Change, ...]
    others: tuple[Change, ...]
    nearer: tuple[Nearer, ...]


class TrialFailed(Exception):
    """It could not be found out; the message is for the log."""


class TrialTakesLong(Exception):
    """It is still being found out: ask again in a moment."""


class Rehearse(Protocol):
    """Finds out what one example question more would change; raises `TrialFailed` or `TrialTakesLong`."""

    def __call__(self, article: str, language: str, question: str) -> Awaitable[Trial]: ...


def problem_of(article: Article | None, others: Collection[Article], language: str, question: str) -> str:
    """Why a question cannot become an example of `article`, as the name of a string; "" when it can."""
    if article is None or language not in article.texts:
        return "example_no_article"
    if not question:
        return "example_empty"
    if len(question) > LONGEST_EXAMPLE:
        return "example_long"
    if any(label in question for label in LABELS):
        return "example_masked"
    asked = question.casefold()
    known = (each for one in others for text in one.texts.values() for each in text.questions)
    return "example_known" if any(" ".join(each.casefold().split()) == asked for each in known) else ""
