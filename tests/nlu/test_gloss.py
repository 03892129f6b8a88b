"""A French text becomes its English word for word, the longest expression first; what is unknown stays."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.articles import load_articles
from nlu.examples import article_examples
from nlu.gloss import GLOSS, Gloss
from nlu.text import without_accents
from settings import ROOT

WORDS = """\
casier\tlocker
casier judiciaire\tcriminal record
est-ce que\t-
j'\tI
je\tI
ai\thave
peux\tcan
postuler\tapply
quel\twhat
âge\tage
"""


@pytest.fixture(scope="module")
def gloss(tmp_path_factory: pytest.TempPathFactory) -> Gloss:
    return _gloss(tmp_path_factory.mktemp("gloss"), WORDS)


def _gloss(folder: Path, words: str) -> Gloss:
    file = folder / "gloss.fr.tsv"
    file.write_text(words, "utf-8")
    return Gloss(file)


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("Quel âge?", "what age?"),
        (
            "J’ai un casier judiciaire, est-ce que je peux postuler?",
            "I have un criminal record, I can apply?",
        ),
        ("mon casier", "mon locker"),
        ("quel age", "what age"),
        ("QUEL ÂGE", "what age"),
        ("OPP 416", "opp 416"),
        ("est-ce que", ""),
        ("", ""),
    ],
)
def test_the_longest_expression_is_taken_and_what_is_unknown_stays(
    french: str, english: str, gloss: Gloss
) -> None:
    assert gloss.of(french) == english


def test_a_word_spelt_without_accents_keeps_its_own_meaning(tmp_path: Path) -> None:
    gloss = _gloss(tmp_path, "côte\tcoast\ncote\trating\n")
    assert gloss.of("cote côte") == "rating coast"


@pytest.mark.parametrize("line", ["casier", "casier\t", "\tlocker", "casier\tlocker\tbox"])
def test_a_line_amiss_is_named(line: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"gloss\.fr\.tsv:2: not a French word"):
        _gloss(tmp_path, f"je\tI\n{line}\n")


@given(text=st.text())
def test_any_text_has_a_gloss_on_one_line(text: str, gloss: Gloss) -> None:
    assert len(gloss.of(text).splitlines()) <= 1


def test_the_words_that_french_examples_use_have_their_english() -> None:
    gloss = Gloss(GLOSS)
    said = Counter(
        word
        for example in article_examples(load_articles(ROOT / "knowledge/articles"))
        if example.language == "fr"
        for word in re.findall(r"[^\W\d_]+'?", example.text.lower())
    )
    known = sum(times for word, times in said.items() if word in gloss)
    assert known > 0.99 * said.total()


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("je suis ici depuis deux ans", "for two years"),
        ("il y a 3 ans", "3 years ago"),
        ("gendarme pendant 6 ans", "for 6 years"),
        ("j'ai 17 ans", "years old"),
    ],
)
def test_years_that_pass_are_no_age(french: str, english: str) -> None:
    assert Gloss(GLOSS).of(french).endswith(english)


def test_the_file_is_sorted() -> None:
    words = [line.partition("\t")[0] for line in GLOSS.read_text("utf-8").splitlines()]
    assert words == sorted(words, key=lambda word: without_accents(word.lower()))
