"""What may reach Rasa from outside: text that can never be a command, and buttons' payloads from a list."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping

from nlu.text import without_escapes

LONGEST_TEXT = 2000
EMPTY = "/empty"

_PAYLOAD = re.compile(r"/([a-z_]+)(\{.*\})?", re.DOTALL)
_LONGEST_PAYLOAD = 300


def _is_id(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[a-z0-9-]{1,120}", value) is not None


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**31


def _is_code(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[A-Z0-9-]{1,16}", value) is not None


def _is_detail(value: object) -> bool:
    return value in ("chosen_session", "name", "email")


# Each intent that a button may send, with the test that each of its arguments must pass.
BUTTONS: Mapping[str, Mapping[str, Callable[[object], bool]]] = {
    "affirm": {},
    "book_session": {},
    "cancel_booking": {},
    "capabilities": {},
    "change_detail": {"detail": _is_detail},
    "choose_article": {"article": _is_id},
    "choose_booking": {"code": _is_code},
    "choose_session": {"info_session": _is_number},
    "deny": {},
    "erase_my_data": {},
    "list_sessions": {},
    "something_else": {},
    "stop": {},
}


def accepted(payload: str) -> str | None:
    """The payload as Rasa may have it, `None` when it is not one that a button of ours sends."""
    match = _PAYLOAD.fullmatch(payload) if len(payload) <= _LONGEST_PAYLOAD else None
    if match is None or match[1] not in BUTTONS:
        return None
    try:
        arguments = json.loads(match[2] or "{}")
    except (ValueError, RecursionError):
        return None
    tests = BUTTONS[match[1]]
    if arguments.keys() != tests.keys() or not all(tests[key](arguments[key]) for key in tests):
        return None
    return f"/{match[1]}{json.dumps(arguments) if arguments else ''}"


def clean(text: str) -> str:
    """Typed text as Rasa may have it: no control or direction characters, no command, at most 2,000 characters.

    Joiners stay, because emoji and some scripts need them. Nothing left becomes `EMPTY`.
    """
    kept = "".join(_kept(character) for character in unicodedata.normalize("NFC", without_escapes(text)))
    words = " ".join(kept.split()).lstrip("/ ")[:LONGEST_TEXT].rstrip()
    return words if words.strip("\u200c\u200d\ufe0f") else EMPTY


def printable(text: str) -> str:
    """Typed text as it may be kept, whose readers may sit at a terminal: none of its commands stays."""
    kept = without_escapes(text)
    return "".join(each for each in kept if each.isspace() or unicodedata.category(each) != "Cc")


def _kept(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cc":
        return " "
    if category == "Cs" or (category == "Cf" and character not in "\u200c\u200d"):
        return ""
    return character
