"""Events as a page shows them: plain values with every label in the turn's language, for JSON and templates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from channels.messages import IncomingMessage, Reply, Source, Turn
from channels.plain import source_label
from channels.web.log import SAID, Event
from knowledge.masking import mask
from wording import format_date, say

ERASED = "erased"
_SWITCHES = {"speak_english": "en", "speak_french": "fr"}

# Addresses as recruiters write them, "https://…" or "opp.ca/careers"; not the end of an e-mail address.
_ADDRESS = re.compile(
    r"(?<![\w@.-])(?:https?://[^\s<>()]+|(?:[a-z0-9-]+\.)+(?:ca|com|org)\b(?:/[\w./-]*)?)", re.IGNORECASE
)


def said_body(message: IncomingMessage, reply_to: int | None) -> dict[str, Any]:
    """What the log keeps of a prospect's message: its text masked, and which button of which turn it was."""
    return {
        "text": mask(message.text, message.language or "en"),
        "language": message.language or "",
        "payload": message.payload,
        "reply_to": reply_to,
    }


def turn_body(turn: Turn) -> dict[str, Any]:
    """What the log keeps of a turn: what the prospect sees of it."""
    return {
        "outcome": turn.outcome,
        "intent": turn.intent,
        "language": turn.language,
        "replies": [_reply_body(reply) for reply in turn.replies],
    }


def view(event: Event) -> dict[str, Any]:
    """An event as it is sent to a page; the shapes are in docs/web.md."""
    common = {"number": event.number, "kind": event.kind, "message_id": event.message_id}
    if event.kind == SAID:
        return {**common, **event.body}
    body = event.body
    language = body["language"]
    return {
        **common,
        "language": language,
        "outcome": body["outcome"],
        "erased": body["outcome"] == ERASED,
        "switch_to": _SWITCHES.get(body["intent"]),
        "replies": [_reply_view(reply, language) for reply in body["replies"]],
    }


def title_of_button(event: Event | None, payload: str) -> str | None:
    """What the button of a turn with this payload says, `None` when the turn has no such button."""
    if event is None or event.kind == SAID:
        return None
    for reply in event.body["replies"]:
        for button in reply["buttons"]:
            if button["payload"] == payload:
                return str(button["title"])
    return None


def blocks(text: str) -> list[dict[str, Any]]:
    """Text as paragraphs and "- " lists: `{"kind": "paragraph" | "list", "lines": [[part, …], …]}`.

    A part is `{"text": …, "url": …}`, `url` empty where the text is not an address.
    """
    found: list[dict[str, Any]] = []
    after_gap = True
    for line in text.strip().splitlines():
        line = line.strip()
        if not line:
            after_gap = True
            continue
        kind = "list" if line.startswith("- ") else "paragraph"
        if (after_gap and kind == "paragraph") or not found or found[-1]["kind"] != kind:
            found.append({"kind": kind, "lines": []})
        found[-1]["lines"].append(_parts(line.removeprefix("- ").strip()))
        after_gap = False
    return found


def _parts(line: str) -> list[dict[str, str]]:
    parts: list[dict[str, str]] = []
    end = 0
    for match in _ADDRESS.finditer(line):
        address = match.group().rstrip(".,;:!?")
        if match.start() > end:
            parts.append({"text": line[end : match.start()], "url": ""})
        parts.append({"text": address, "url": address if "://" in address else f"https://{address}"})
        end = match.start() + len(address)
    if end < len(line):
        parts.append({"text": line[end:], "url": ""})
    return parts


def _reply_body(reply: Reply) -> dict[str, Any]:
    body = asdict(reply)
    body["checked"] = reply.checked.isoformat() if reply.checked else None
    return body


def _reply_view(reply: Mapping[str, Any], language: str) -> dict[str, Any]:
    checked = reply["checked"]
    return {
        "text": reply["text"],
        "blocks": blocks(reply["text"]),
        "unknown": _noted(say(language, "reply.unknown"), blocks(reply["unknown"])),
        "sources": _noted(say(language, "reply.sources"), [_source_view(s) for s in reply["sources"]]),
        "checked": say(language, "reply.checked", date=format_date(date.fromisoformat(checked), language))
        if checked
        else "",
        "overdue": say(language, "reply.overdue") if reply["overdue"] else "",
        "buttons": [{"title": b["title"], "payload": b["payload"]} for b in reply["buttons"]],
    }


def _noted(heading: str, content: list[Any]) -> dict[str, Any] | None:
    return {"heading": heading, "content": content} if content else None


def _source_view(source: Mapping[str, str]) -> dict[str, str]:
    # Anything that is neither the web nor a page of ours ("javascript:…") stays text.
    url = source["url"]
    own_page = url.startswith("/") and not url.startswith("//")
    safe = own_page or url.startswith(("https://", "http://"))
    return {"label": source_label(Source(**source)), "url": url if safe else ""}
