"""What a short question asks of the subject answered before: the cost, the time it takes, what follows a failure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import yaml
from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from knowledge.articles import Article, ArticleText
from knowledge.tokens import tokens
from nlu.examples import DATA

# What an answer that speaks of an aspect weighs beside a title that asks for it.
MENTIONED = 0.3

_ASKED, _TOLD, _EMPTY = "asked", "told", "empty"


def asked(text: str, language: str) -> frozenset[str]:
    """The aspects that a text asks for, when it names no subject of its own beside them; else none.

    >>> sorted(asked("and the cost?", "en")), sorted(asked("and the cost of the laser surgery?", "en"))
    (['cost'], [])
    """
    doc = tokens(text, language)
    found, empty = _found(doc, language, _ASKED), _empty(language)
    meant = {n for _, start, end in found for n in range(start, end)}
    alone = all(n in meant or token.is_punct or token.lower_ in empty for n, token in enumerate(doc))
    names = {name for name, _, _ in found} if alone else set()
    return frozenset(names - {wider for name, wider in _data()["kinds"].items() if name in names})


def weigh_near(
    aspects: frozenset[str],
    articles: Mapping[str, Article],
    last: str,
    near: Mapping[str, float],
    language: str,
) -> dict[str, float]:
    """How much the article answered `last`, and each that is `near`, is about these aspects, from 0 to 1.

    What its answer mentions counts for the article answered and for those that it names as related.
    """
    data, related, text = _data(), articles[last].related, articles[last].text(language)
    # What begins something was said by beginning it.
    begins = bool(articles[last].starts)
    if not begins and aspects <= frozenset(data["first"]) and _weight(aspects, text, language, True):
        return {**dict.fromkeys(near, 0.0), last: 1.0}
    aspects = frozenset(data["kinds"].get(aspect, aspect) for aspect in aspects)
    weights = {id: _weight(aspects, articles[id].text(language), language, id in related) for id in near}
    own = 1.0 if aspects <= frozenset(data["itself"]) else _weight(aspects, text, language, True)
    weights[last] = 0.0 if begins or own < MENTIONED else own
    return weights


def subjects_themselves(aspects: frozenset[str]) -> bool:
    """Whether one of them is a subject without any other before it: the pay is that of the job."""
    return not aspects.isdisjoint(_data()["subjects"])


def _weight(aspects: frozenset[str], text: ArticleText, language: str, answers: bool) -> float:
    return sum(_of_one(aspect, text, language, answers) for aspect in aspects) / len(aspects)


def _of_one(aspect: str, text: ArticleText, language: str, answers: bool) -> float:
    """Wholly by its title, a little if the answer only speaks of it."""
    if aspect in _named(text.title, language, _ASKED):
        return 1.0
    told = answers and aspect in _named(f"{text.title} {text.answer} {text.unknown}", language, _TOLD)
    return MENTIONED if told else 0.0


@lru_cache(maxsize=4096)
def _named(text: str, language: str, kind: str) -> frozenset[str]:
    return frozenset(name for name, _, _ in _found(tokens(text, language), language, kind))


def _found(doc: Doc, language: str, kind: str) -> list[tuple[str, int, int]]:
    """Aspects and where they stand, without those within a longer phrase: "how much" within "how much time"."""
    found = [(_vocabulary().strings[name], start, end) for name, start, end in _matcher(language, kind)(doc)]
    return [
        (name, start, end)
        for name, start, end in found
        if not any(a <= start and end <= b and b - a > end - start for _, a, b in found)
    ]


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((DATA / "aspects.yml").read_text("utf-8"))
    return data


@lru_cache(maxsize=2)
def _empty(language: str) -> frozenset[str]:
    return frozenset(_data()[language][_EMPTY].split())


@lru_cache(maxsize=1)
def _vocabulary() -> Vocab:
    """Of the patterns alone (knowledge/tokens.py)."""
    return Vocab()


@lru_cache(maxsize=4)
def _matcher(language: str, kind: str) -> Matcher:
    matcher = Matcher(_vocabulary())
    for name, phrases in _data()[language][kind].items():
        matcher.add(name, [[_token(word) for word in phrase.split()] for phrase in _flat(phrases)])
    return matcher


def _flat(phrases: Iterable[Any]) -> Iterator[str]:
    """The phrases, with those of a list among them."""
    for phrase in phrases:
        yield from _flat(phrase) if isinstance(phrase, list) else (phrase,)


def _token(word: str) -> dict[str, Any]:
    """A word of a phrase as spaCy's matcher wants it."""
    if "*" not in word:
        return {"LOWER": {"IN": word.split("|")}}
    forms = "|".join(each[:-1] + ".*" if each.endswith("*") else each for each in word.split("|"))
    return {"LOWER": {"REGEX": f"^(?:{forms})$"}}
