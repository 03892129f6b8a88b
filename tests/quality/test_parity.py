"""Both languages say the same: what is committed has no gap, and every kind of gap is found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.parity import (
    article_gaps,
    example_gaps,
    file_gaps,
    gaps,
    main,
    published_gaps,
    response_gaps,
    string_gaps,
    unread,
    wording_gaps,
)
from knowledge.articles import ArticleText
from knowledge.store import publish
from settings import Settings
from tests.booking.builders import NOW, sqlite
from tests.knowledge.builders import article

EIGHT = tuple(f"question {letter}" for letter in "abcdefgh")
ENGLISH = ArticleText("How old?", "At least 18.", EIGHT, "Not the rest.")
FRENCH = ArticleText("Quel âge?", "Au moins 18 ans.", EIGHT, "Pas le reste.")


def said(**texts: ArticleText) -> list[str]:
    return [gap.what for gap in article_gaps(article("minimum-age", texts=texts))]


def test_nothing_committed_is_in_one_language_only() -> None:
    assert [str(gap) for gap in gaps(Settings())] == []


def test_the_command_ends_with_1_when_there_is_a_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.yml").write_text("id: broken\ntopics: [\n", "utf-8")
    monkeypatch.setenv("SIGNPOST_ARTICLES_DIR", str(tmp_path))
    assert main([]) == 1
    assert "broken.yml:" in capsys.readouterr().out


def test_an_article_in_both_languages_has_no_gap() -> None:
    assert said(en=ENGLISH, fr=FRENCH) == []


def test_an_article_without_french_is_a_gap() -> None:
    assert said(en=ENGLISH) == ["no fr"]


@pytest.mark.parametrize(
    ("changes", "gap"),
    [
        ({"title": " "}, "fr.title is empty"),
        ({"answer": ""}, "fr.answer is empty"),
        ({"unknown": ""}, "unknown stands only in en"),
        ({"questions": EIGHT[:7]}, "fr.questions: 7, at least 8"),
        ({"answer": "Au moins 19 ans."}, "answer: 18 only in en"),
        ({"title": "Quel âge, 21 ans?"}, "title: 21 only in fr"),
    ],
)
def test_a_part_that_one_language_lacks_is_a_gap(changes: dict[str, Any], gap: str) -> None:
    assert gap in said(en=ENGLISH, fr=replace(FRENCH, **changes))


def test_a_number_may_be_written_as_each_language_writes_it() -> None:
    english = replace(ENGLISH, answer="About $123,194 a year, 2.4 million calls, two parts.")
    french = replace(FRENCH, answer="Environ 123 194 $ par an, 2,4 millions d'appels, 2 parties.")
    assert said(en=english, fr=french) == []


def test_a_file_that_cannot_be_read_is_a_gap(tmp_path: Path) -> None:
    (tmp_path / "broken.yml").write_text("id: broken\n", "utf-8")
    assert [gap.where for gap in file_gaps(tmp_path)] == ["broken.yml:1"]


FR = {"condition": [{"type": "slot", "name": "language", "value": "fr"}]}
STOP, BOOK = {"title": "x", "payload": "/stop"}, {"title": "x", "payload": "/book_session"}


@pytest.mark.parametrize(
    ("variations", "gap"),
    [
        ([{"text": "Hello"}], "no fr"),
        ([{**FR, "text": "Allô"}], "no en"),
        ([{**FR, "text": " "}, {"text": "Hello"}], "no fr"),
        ([{**FR, "text": "Allô"}, {"text": "Hello {name}"}], "fills different {places}"),
        ([{**FR, "text": "a", "buttons": [STOP]}, {"text": "a"}], "its buttons differ in number or payload"),
        (
            [{**FR, "text": "a", "buttons": [STOP]}, {"text": "a", "buttons": [BOOK]}],
            "its buttons differ in number or payload",
        ),
        (
            [{**FR, "text": "a", "buttons": [{**STOP, "title": ""}]}, {"text": "a", "buttons": [STOP]}],
            "a button without a title in fr",
        ),
    ],
)
def test_a_response_that_differs_between_the_languages_is_a_gap(
    variations: list[dict[str, Any]], gap: str
) -> None:
    assert [found.what for found in response_gaps({"utter_greet": variations})] == [gap]


def test_a_response_alike_in_both_languages_is_none() -> None:
    variations = [{**FR, "text": "Allô {name}", "buttons": [STOP]}, {"text": "Hi {name}", "buttons": [STOP]}]
    assert list(response_gaps({"utter_greet": variations})) == []


def test_every_gap_of_a_file_of_strings_is_listed_and_not_only_the_first(tmp_path: Path) -> None:
    (tmp_path / "web.yml").write_text('send: {en: Send}\nback: {fr: Retour}\nempty: {en: A, fr: ""}\n')
    found = [str(gap) for gap in wording_gaps(tmp_path)]
    assert found == [
        "wording/web.yml: send has no fr",
        "wording/web.yml: back has no en",
        "wording/web.yml: empty has no fr",
    ]


def test_a_place_that_only_one_language_fills_is_a_gap() -> None:
    found = [gap.what for gap in string_gaps("x", {"left": {"en": "{count} left", "fr": "il en reste"}})]
    assert found == ["left fills different {places}"]


def test_a_label_without_examples_in_a_language_is_a_gap() -> None:
    found = [
        gap.what for gap in example_gaps([("greet", "en"), ("thank", "en"), ("thank", "fr")], ["oos_far"])
    ]
    assert found == [
        "greet has no example in fr",
        "oos_far has no example in en",
        "oos_far has no example in fr",
    ]


def test_what_a_recruiter_published_is_held_to_both_languages_too(tmp_path: Path) -> None:
    database = sqlite(tmp_path)
    with database.session() as session:
        publish(session, article("minimum-age", texts={"en": ENGLISH}), "ann@example.org", NOW)
    url = f"sqlite:///{tmp_path / 'signpost.db'}"
    assert [str(gap) for gap in published_gaps(Settings(database_url=url))] == ["minimum-age.yml: no fr"]


def test_translations_that_nobody_has_read_are_listed() -> None:
    waiting = article(
        "maximum-age", texts={"en": ENGLISH, "fr": replace(FRENCH, read_by_native_speaker=False)}
    )
    read = article("minimum-age", texts={"en": ENGLISH, "fr": FRENCH})
    assert unread([waiting, read]) == ["maximum-age  fr  Quel âge?"]
