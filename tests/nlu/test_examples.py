"""The example texts: each act is one that the domain knows, in both languages, and no text stands for two things."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
import yaml

from bot.evaluate import read_questions
from knowledge.articles import LANGUAGES, load_articles
from nlu.examples import OUT_OF_SCOPE, Example, article_examples, load_acts
from settings import ROOT, Settings
from tests.knowledge.builders import ENGLISH, FRENCH, article

# Of the labelled questions on our own subjects: the share that may also be an example.
MOST_SHARED = 0.015


@cache
def every_example() -> tuple[Example, ...]:
    return (*load_acts(), *article_examples(load_articles(Settings().articles_dir)))


def test_every_act_is_an_intent_of_the_domain() -> None:
    intents = set(yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))["intents"])
    assert {example.label for example in load_acts()} <= intents


def test_every_out_of_scope_kind_of_the_domain_has_examples() -> None:
    intents = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))["intents"]
    kinds = {intent for intent in intents if intent.startswith(OUT_OF_SCOPE)}
    assert kinds <= {example.label for example in load_acts()}


def test_no_text_stands_for_two_things() -> None:
    labels = defaultdict(set)
    for example in every_example():
        labels[example.language, example.text.casefold()].add(example.label)
    assert {text: found for text, found in labels.items() if len(found) > 1} == {}


def test_every_label_has_examples_in_both_languages() -> None:
    languages = defaultdict(set)
    for example in every_example():
        languages[example.label].add(example.language)
    assert {label: found for label, found in languages.items() if found != set(LANGUAGES)} == {}


def test_no_act_bears_the_name_of_an_article() -> None:
    acts = {example.label for example in load_acts()}
    assert acts.isdisjoint(file.stem for file in Settings().articles_dir.glob("*.yml"))


def test_an_article_is_known_by_its_title_and_its_questions() -> None:
    found = article_examples([article("minimum-age")])
    assert {example.label for example in found} == {"minimum-age"}
    for language, text in (("en", ENGLISH), ("fr", FRENCH)):
        mine = [example.text for example in found if example.language == language]
        assert mine == [text.title, *text.questions]


def test_examples_are_cleaned_and_the_language_is_in_the_file_name(tmp_path: Path) -> None:
    written = (
        'version: "3.1"\nnlu:\n  - intent: greet\n    examples: |\n      - salut  toi\u200b\n      -  \n'
    )
    (tmp_path / "acts.fr.yml").write_text(written, "utf-8")
    assert load_acts(tmp_path) == (Example("salut toi", "greet", "fr"),)


@pytest.mark.parametrize("language", LANGUAGES)
def test_labelled_questions_are_hardly_ever_examples(language: str) -> None:
    """What was learnt by heart measures nothing; two writers may still put a short question alike."""
    asked = [
        question.text.casefold()
        for question in read_questions(ROOT / "tests" / "questions" / f"{language}.jsonl")
        if question.ours
    ]
    known = {example.text.casefold() for example in every_example() if example.language == language}
    assert sum(text in known for text in asked) <= MOST_SHARED * len(asked)
