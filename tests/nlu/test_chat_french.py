"""French chat words are read as what they stand for; all other words as they were typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.chat_french import written_out
from nlu.examples import as_read


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("jai 17 ans", "j'ai 17 ans"),
        ("Chu tu correct?", "je suis tu correct?"),
        ("cb de tps ca prend, koi dautre", "combien de temps ca prend, quoi dautre"),
        ("es ce que je peux", "est-ce que je peux"),
        ("est ce que je peux", "est-ce que je peux"),
        ("Qu'est ce que ça prend", "Qu'est-ce que ça prend"),
        ("ya tu un test pis une entrevue", "y a-t-il un test et une entrevue"),
        ("c quoi le test", "c'est quoi le test"),
        ("koman fer pr apliker", "comment faire pour appliquer"),
        ("sa prend komien de tem", "ça prend combien de temps"),
    ],
)
def test_what_is_typed_in_chats_is_written_out(typed: str, meant: str) -> None:
    assert written_out(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "J'ai 17 ans, puis-je postuler?",
        "RCR niveau C",
        "permis de classe c",
        "sa copine prend le fer",
        "pk@opp.example ds.ca www.cb Pis-Roy ds2 g2",
        "",
    ],
)
def test_all_else_stays(text: str) -> None:
    assert written_out(text) == text


@given(st.text())
def test_any_text_is_read_and_what_is_written_out_stays(text: str) -> None:
    once = written_out(text)
    assert written_out(once) == once


def test_english_is_left_alone() -> None:
    assert as_read("cb radio, c the pk", "en") == "cb radio, c the pk"
