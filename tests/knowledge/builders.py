"""Articles for the tests of knowledge, as values and as files, each with only what the test names."""

from __future__ import annotations

from datetime import date
from typing import Any

from knowledge.articles import Article, ArticleText, Fact

FACT = Fact("The minimum age is 18.", "Careers page", "https://example.org/careers", "2024", "official")
ENGLISH = ArticleText(
    "How old must I be?",
    "You must be at least 18.",
    tuple(f"how old {n}" for n in "abcdefgh"),
    "Not the rest.",
)
FRENCH = ArticleText(
    "Quel âge faut-il avoir?", "Au moins 18 ans.", tuple(f"quel âge {n}" for n in "abcdefgh"), "Pas le reste."
)


def article(id: str = "minimum-age", **changes: Any) -> Article:
    """A verified article on age in both languages, to be reviewed half a year after the tests' day."""
    values: dict[str, Any] = {
        "id": id,
        "topics": ("age",),
        "status": "verified",
        "last_checked": date(2026, 11, 20),
        "review_by": date(2027, 5, 20),
        "owner": "Recruiters",
        "facts": (FACT,),
        "texts": {"en": ENGLISH, "fr": FRENCH},
    }
    return Article(**{**values, **changes})


FILE = """\
id: minimum-age
topics: [age]
status: verified
last_checked: 2026-11-20
review_by: 2027-05-20
owner: Recruiters
facts:
  - says: The minimum age is 18.
    title: Careers page
    url: https://example.org/careers
    year: "2024"
    sure: official
en:
  title: How old must I be?
  answer: |
    You must be at least 18.
  questions: [how old a, how old b, how old c, how old d, how old e, how old f, how old g, how old h]
"""
