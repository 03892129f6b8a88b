"""French spaces that no line ends at; everything else as it was. `_` stands for an unbreakable space."""

from __future__ import annotations

import re

import pytest
import yaml

from knowledge.articles import load_articles
from settings import ROOT
from wording import areas, load_area, say
from wording.typography import NO_BREAK, typeset


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("Nom : Chantal", "Nom_: Chantal"),
        ("ici :\n\n- « arrêter ».", "ici_:\n\n- «_arrêter_»."),
        ("Ah bon ? Oui ! Tant mieux ; merci", "Ah bon_? Oui_! Tant mieux_; merci"),
        ("123 194 $ par année, 2,75 %.", "123_194_$ par année, 2,75_%."),
        ("1 234 567 fois, 600 000 et 95 000", "1_234_567 fois, 600_000 et 95_000"),
        ("18 h 30 à 20 h", "18_h_30 à 20_h"),
        ("130 000 km de routes, 25 m", "130_000_km de routes, 25_m"),
        ("en 2017 300 personnes", "en 2017 300 personnes"),
        ("Vraiment? Oui!", "Vraiment? Oui!"),
        ("à 13:00, voyez https://exemple.ca/a:b?c", "à 13:00, voyez https://exemple.ca/a:b?c"),
        ("1-888-310-1122, code 7KQX-M4TZ", "1-888-310-1122, code 7KQX-M4TZ"),
    ],
)
def test_what_belongs_together_stays_together(written: str, printed: str) -> None:
    assert typeset(written) == printed.replace("_", NO_BREAK)
    assert typeset(typeset(written)) == typeset(written)


def test_english_keeps_only_units_with_their_numbers() -> None:
    responses = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
    articles = [each.text("en") for each in load_articles(ROOT / "knowledge" / "articles")]
    texts = [part for text in articles for part in (text.answer, text.unknown)]
    texts += [load_area(area)[name]["en"] for area in areas() for name in load_area(area)]
    texts += [each["text"] for name in responses for each in responses[name] if "condition" not in each]
    touched = re.compile(rf".*{NO_BREAK}(?!(?:km|kg|cm|m)\b).*")
    in_english = [found.group() for text in texts for found in touched.finditer(typeset(text))]
    assert [line for line in in_english if "Équipe de recrutement" not in line] == []


def test_wording_is_set_before_values_are_filled_in() -> None:
    assert say("fr", "web.assistant", name="A : B") == f"A : B{NO_BREAK}:"
