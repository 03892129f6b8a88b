"""A broken article file is refused with its name, line and reason; a good one is read and written without loss."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge.articles import (
    NOT_OURS,
    TOPICS_FILE,
    Article,
    ArticleError,
    check_files,
    load_articles,
    load_topics,
    read_article,
)
from tests.knowledge.builders import ENGLISH, FILE, FRENCH, article

TOPICS = frozenset({"age", "salary"})
QUESTIONS = (
    "  questions: [how old a, how old b, how old c, how old d, how old e, how old f, how old g, how old h]\n"
)


def read(source: str) -> Article:
    return read_article(source, "minimum-age.yml", TOPICS)


def write(folder: Path, id: str, source: str = FILE) -> Path:
    """A file of this id, whose questions are no other file's."""
    text = source.replace("id: minimum-age", f"id: {id}").replace("how old", f"how old {id}")
    file = folder / f"{id}.yml"
    file.write_text(text, "utf-8")
    return file


def test_a_good_file_is_read_whole() -> None:
    found = read(FILE)
    assert (found.id, found.topics, found.status) == ("minimum-age", ("age",), "verified")
    assert (found.last_checked, found.review_by) == (date(2026, 11, 20), date(2027, 5, 20))
    assert found.texts["en"].answer == "You must be at least 18."
    assert len(found.texts["en"].questions) == 8
    assert found.facts[0].about == "OPP"
    assert not found.facts[0].needs_check


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("topics: [age]", "topics: [weather]", 2, "unknown topic 'weather'"),
        ("id: minimum-age", "id: Minimum Age", 1, "not lower-case words"),
        ("status: verified", "status: fine", 3, "'fine' is none of"),
        ("last_checked: 2026-11-20", "last_checked: yesterday", 4, "expected a date"),
        ("review_by: 2027-05-20", "review_by: 2026-11-20", 5, "not after last_checked"),
        ("owner: Recruiters", "owner: 12", 6, "expected text, found 12"),
        ("owner: Recruiters", "owner: Recruiters\nowners: x", 7, "unknown key 'owners'"),
        ("owner: Recruiters", "owner: Recruiters\nstarts: dancing", 7, "'dancing' is none of"),
        ("owner: Recruiters", "owner: Recruiters\nexpires: soon", 7, "expected a date"),
        ("    sure: official", "    sure: maybe", 12, "'maybe' is none of"),
        ("https://example.org/careers", "example.org/careers", 10, "not a web address"),
        ("https://example.org/careers", "javascript:alert(1)", 10, "not a web address"),
        ("https://example.org/careers", "/privacy", 10, "not a web address"),
        ('"2024"', "2024", 11, "put quotes around it"),
        ("    sure: official", "    sure: official\n    needs_check: maybe", 13, "expected true or false"),
        ("    sure: official", "    sure: official\n    needs_check: true", 3, "'verified', but a fact"),
        ("  title: How old must I be?\n", "", 13, "'title' is missing"),
        (QUESTIONS, "  questions: [how old]\n", 17, "1 questions; at least 8"),
        (QUESTIONS, "  questions: how old\n", 17, "expected a list"),
        ("You must be at least 18.", "word " * 131, 15, "131 words"),
        ("owner: Recruiters", "owner: [", 8, "did not find expected"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, line: int, reason: str) -> None:
    assert old in FILE
    with pytest.raises(ArticleError) as refused:
        read(FILE.replace(old, new, 1))
    assert str(refused.value).startswith(f"minimum-age.yml:{line}: ")
    assert reason in refused.value.reason


@pytest.mark.parametrize("source", ["", "- a list", "just text"])
def test_a_file_that_is_no_article_is_refused(source: str) -> None:
    with pytest.raises(ArticleError, match="expected a mapping"):
        read(source)


def test_a_page_of_this_service_may_be_a_source_of_itself() -> None:
    own = FILE.replace("https://example.org/careers", "/privacy").replace(
        "sure: official", "sure: this service"
    )
    assert read(own).facts[0].url == "/privacy"


def test_a_translation_counts_as_unread_until_someone_says_otherwise() -> None:
    french = FILE[FILE.index("en:\n") :].replace("en:\n", "fr:\n").replace("how old", "quel âge")
    found = read(FILE + french)
    assert found.texts["en"].read_by_native_speaker
    assert not found.texts["fr"].read_by_native_speaker


def test_an_article_without_a_language_is_shown_in_english() -> None:
    only_english = article(texts={"en": ENGLISH})
    assert only_english.text("fr") is ENGLISH
    assert article().text("fr") is FRENCH


def test_json_gives_back_the_same_article() -> None:
    whole = article(related=("maximum-age",), expires=date(2026, 12, 31), starts="booking")
    assert Article.from_json(whole.to_json()) == whole
    assert Article.from_json(article().to_json()) == article()


def test_the_same_article_is_the_same_bytes() -> None:
    other_order = article(texts={"fr": FRENCH, "en": ENGLISH})
    assert other_order.to_json() == article().to_json()


def test_a_file_is_named_after_its_article(tmp_path: Path) -> None:
    write(tmp_path, "minimum-age").rename(tmp_path / "other.yml")
    with pytest.raises(ArticleError, match="is not the file's name"):
        load_articles(tmp_path, TOPICS)


def test_a_related_article_must_exist(tmp_path: Path) -> None:
    write(tmp_path, "minimum-age", FILE.replace("facts:", "related: [nowhere]\nfacts:"))
    with pytest.raises(ArticleError, match="related article 'nowhere' does not exist"):
        load_articles(tmp_path, TOPICS)


def test_a_question_stands_in_one_article_only_whatever_its_capitals_and_spaces(tmp_path: Path) -> None:
    first = write(tmp_path, "maximum-age")
    second = write(tmp_path, "minimum-age")
    text = second.read_text("utf-8").replace("how old minimum-age a", "How  old maximum-age a")
    second.write_text(text, "utf-8")
    articles, errors = check_files([first, second], TOPICS)
    assert len(articles) == 2
    assert [error.reason for error in errors] == [
        "the question 'How  old maximum-age a' stands in maximum-age.yml too"
    ]


def test_one_broken_file_does_not_hide_the_others(tmp_path: Path) -> None:
    good, broken, worse = (write(tmp_path, id) for id in ("a", "b", "c"))
    broken.write_text("id: b\n", "utf-8")
    worse.write_text("topics: [\n", "utf-8")
    articles, errors = check_files([good, broken, worse], TOPICS)
    assert [each.id for each in articles] == ["a"]
    assert [error.file for error in errors] == ["b.yml", "c.yml"]


def test_every_topic_of_ours_is_covered_by_a_committed_article() -> None:
    covered = {topic for each in load_articles(TOPICS_FILE.with_name("articles")) for topic in each.topics}
    assert load_topics(TOPICS_FILE) - NOT_OURS - covered == set()
