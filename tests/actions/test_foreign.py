"""Other languages are told from English and French only where that is sure."""

from __future__ import annotations

import pytest

from actions.foreign import foreign


@pytest.mark.parametrize(
    "typed",
    [
        "¿Puedo aplicar si soy de México?",
        "¿hablas español?",
        "necesito ser ciudadano para aplicar?",
        "Kann ich mich bewerben?",
        "czy mogę aplikować do policji",
        "tôi có thể nộp đơn không",
        "我可以申请吗",
        "هل يمكنني التقديم",
        "हाँ मैं आवेदन कर सकता हूँ",
    ],
)
def test_what_is_surely_another_language_is(typed: str) -> None:
    assert foreign(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "👍",
        "...",
        "ok",
        "hola",
        "wut is teh WCT",
        "wats the prp tst",
        "chu tu cuit",
        "MMPI-2 police tips",
        "state trooper age cutoff",
        "daltonisme policier",
        "how do I say hello in Deutsch",
        "est-ce que je peux parler español au travail",
    ],
)
def test_what_may_be_ours_is_not(typed: str) -> None:
    assert not foreign(typed)
