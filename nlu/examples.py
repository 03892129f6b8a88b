"""Labelled example texts: of the dialogue acts from `nlu/data/`, of the articles from the articles themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from knowledge.articles import Article, ArticleText
from nlu.chat_french import written_out
from nlu.text import clean

DATA = Path(__file__).with_name("data")
OUT_OF_SCOPE = "oos_"


@dataclass(frozen=True)
class Example:
    """A text as it is read and what it stands for: an act's name, or an article's id."""

    text: str
    label: str
    language: str


def load_acts(folder: Path = DATA) -> tuple[Example, ...]:
    """The examples of every dialogue act and out-of-scope kind; a file's language is in its name (acts.en.yml)."""
    found: list[Example] = []
    for file in sorted(folder.glob("*.*.yml")):
        language = file.suffixes[-2][1:]
        for intent in yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)["nlu"]:
            for line in intent["examples"].splitlines():
                text = as_read(clean(line.removeprefix("- ")), language)
                if text:
                    found.append(Example(text, intent["intent"], language))
    return tuple(found)


def article_examples(articles: Iterable[Article]) -> tuple[Example, ...]:
    """Every article's title and questions, in each of its languages."""
    return tuple(
        Example(text, article.id, language)
        for article in articles
        for language, body in article.texts.items()
        for text in _texts(body, language)
    )


def as_read(text: str, language: str) -> str:
    """A cleaned text as the classifier reads it, be it an example or a message."""
    return written_out(text) if language == "fr" else text


# A change of one article leaves the others as they were.
@lru_cache(maxsize=8192)
def _texts(body: ArticleText, language: str) -> tuple[str, ...]:
    read = (as_read(clean(text), language) for text in (body.title, *body.questions))
    return tuple(filter(None, dict.fromkeys(read)))
