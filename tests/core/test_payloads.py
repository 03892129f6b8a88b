"""Nothing typed reaches Rasa as a command, and buttons send only what we gave them."""

from __future__ import annotations

import pytest

from bot.payloads import BUTTONS, EMPTY, LONGEST_TEXT, accepted, clean, printable
from tests.core.test_domain import domain


@pytest.mark.parametrize(
    "payload",
    [
        "/affirm",
        '/choose_session{"info_session": 12}',
        '/choose_article{"article": "minimum-age"}',
        '/change_detail{"detail": "name"}',
        '/choose_booking{"code": "7KQX-M4TZ"}',
    ],
)
def test_our_own_payloads_pass(payload: str) -> None:
    assert accepted(payload) == payload


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "affirm",
        "/restart",
        "/session_start",
        "/ask",
        "/greet",
        '/affirm{"language": "fr"}',
        "/choose_article",
        '/choose_article{"article": 3}',
        '/choose_article{"article": "../../x"}',
        '/choose_article{"article": "a", "language": "fr"}',
        '/choose_session{"info_session": "12"}',
        '/choose_session{"info_session": true}',
        '/choose_session{"info_session": -1}',
        '/choose_session{"info_session": 1e3}',
        '/choose_session{"info_session": 99999999999}',
        '/choose_session["info_session"]',
        '/change_detail{"detail": "language"}',
        '/change_detail{"detail": ["name"]}',
        "/choose_article{",
        "/choose_article" + "{" * 200,
        '/choose_article{"article": "' + "a" * 400 + '"}',
        " /affirm",
        "/affirm\n",
    ],
)
def test_any_other_payload_is_refused(payload: str) -> None:
    assert accepted(payload) is None


def test_every_button_is_an_intent() -> None:
    assert set(BUTTONS) <= set(domain()["intents"])


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("/affirm", "affirm"),
        (" / /restart", "restart"),
        ("\u200b/restart", "restart"),
        ("how\x00 old\x1b[31m?\x1b[0m", "how old?"),
        ("\u202eno\u202c \u2066yes\u2069", "no yes"),
        ("a\n\n\tb", "a b"),
        ("Co\u0302te\u0301", "Côté"),
        ("\ud800x", "x"),
        ("👩\u200d🚒", "👩\u200d🚒"),
        ("", EMPTY),
        ("  \n ", EMPTY),
        ("///", EMPTY),
        ("\u202e\u200d", EMPTY),
    ],
)
def test_typed_text_is_made_harmless(typed: str, read: str) -> None:
    assert clean(typed) == read


def test_what_is_kept_says_nothing_to_a_terminal() -> None:
    assert printable("how\x1b[2J old\x1b]0;x\x07\nmust\tI be\x9b31m") == "how old]0;x\nmust\tI be"


def test_long_text_is_cut() -> None:
    assert len(clean("word " * 5000)) <= LONGEST_TEXT
