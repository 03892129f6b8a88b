"""How questions are read is kept without their texts, and what was forgotten is wiped."""

from __future__ import annotations

from pathlib import Path

import pytest

import nlu.kept_readings
from nlu.kept_readings import KeptReadings
from nlu.reading import reading_of

TEXTS = [
    ("how old must I be", None),
    ("I am a nurse in Barrie. My cousin joined. How old must you be to be a recruit?", None),
    ("what's the age limit, the pay and the hours", "en"),
    ("what's the age limit, the pay", "fr"),
    ("Quel âge faut-il avoir? Et c'est payé combien, la formation", "fr"),
    ("ok", "fr"),
    ("ok", None),
    ("  two   spaces. And <b>bold</b> words here \u200b? ", None),
    ("", None),
    ("what is the rcmp age limit", None),
    ("👍 !", None),
]


def test_a_question_is_read_alike_from_what_was_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [reading_of(*each) for each in TEXTS]
    assert sum(len(each.parts) > 1 for each in expected) >= 4
    readings = KeptReadings(tmp_path / "a.readings")
    assert [readings.read(*each) for each in TEXTS] == expected
    readings.keep()
    monkeypatch.setattr(nlu.kept_readings, "reading_of", lambda *_: pytest.fail("read again"))
    assert [KeptReadings(tmp_path / "a.readings").read(*each) for each in TEXTS] == expected
    assert [readings.read(*each) for each in TEXTS] == expected


def test_no_text_is_kept_and_what_was_forgotten_is_wiped(tmp_path: Path) -> None:
    file = tmp_path / "a.readings"
    readings = KeptReadings(file)
    for text in TEXTS:
        readings.read(*text)
    readings.keep()
    assert "nurse" not in file.read_text("utf-8")
    several = len(file.read_text("utf-8"))
    readings.read(*TEXTS[0])
    readings.keep()
    assert len(file.read_text("utf-8")) < several / 5


def test_a_file_cut_short_is_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "a.readings"
    file.write_text('{"half', "utf-8")
    readings = KeptReadings(file)
    assert readings.read(*TEXTS[1]) == reading_of(*TEXTS[1])
    readings.keep()
    assert file.read_text("utf-8").endswith("}")


def test_the_files_of_old_models_are_removed(tmp_path: Path) -> None:
    for name in "abc":
        readings = KeptReadings(tmp_path / f"{name}.readings")
        readings.read(*TEXTS[0])
        readings.keep()
    assert [file.name for file in sorted(tmp_path.iterdir())] == ["b.readings", "c.readings"]
