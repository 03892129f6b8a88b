"""Lists what went unanswered, or what was chosen among offered articles, newest first, as a table or as JSON."""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.installation import open_database
from knowledge.choices import Choice, choices
from knowledge.turns import TurnRow, unanswered
from settings import from_environment

WIDTH = 100


def main(arguments: list[str]) -> int:
    """The command `questions`."""
    parser = argparse.ArgumentParser(prog="python -m bot questions", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON array")
    parser.add_argument("--limit", type=int, default=100, help="at most so many (100)")
    parser.add_argument(
        "--handled", action="store_true", help="those that a recruiter has dealt with instead"
    )
    parser.add_argument(
        "--choices",
        action="store_true",
        help='what people took of the articles offered ("Did you mean") instead',
    )
    options = parser.parse_args(arguments)
    settings = from_environment()
    zone = ZoneInfo(settings.timezone)
    with open_database(settings) as database, database.session() as session:
        if options.choices:
            taken = choices(session, options.limit)
            listed, text = [choice_as_dict(choice) for choice in taken], choice_table(taken, zone)
        else:
            rows = unanswered(session, options.limit, options.handled)
            listed, text = [as_dict(row) for row in rows], table(rows, zone)
    print(json.dumps(listed, ensure_ascii=False, indent=2) if options.json else text)
    return 0


def as_dict(row: TurnRow) -> dict[str, Any]:
    """A question with the articles that came nearest; `text` is masked, `asked_at` ISO 8601 in UTC."""
    return {
        "id": row.id,
        "asked_at": row.created_at.isoformat(),
        "channel": row.channel,
        "language": row.language,
        "text": row.text,
        "nearest": _nearest(row),
        "handled_by": row.handled_by,
        "handled_note": row.handled_note,
    }


def table(rows: Sequence[TurnRow], zone: ZoneInfo) -> str:
    """The questions as text: a line of when and where, the question, the nearest articles with their scores."""
    if not rows:
        return "No unanswered questions."
    return "\n\n".join(_entry(row, zone) for row in rows)


def choice_as_dict(choice: Choice) -> dict[str, Any]:
    """A choice as a labelled example for review; `chosen` is null for "something else"."""
    return {**vars(choice), "offered": list(choice.offered), "asked_at": choice.asked_at.isoformat()}


def choice_table(choices: Sequence[Choice], zone: ZoneInfo) -> str:
    """The choices as text: when and where, the question, what was offered and what was taken."""
    if not choices:
        return "No choices."
    return "\n\n".join(_choice_entry(choice, zone) for choice in choices)


def _choice_entry(choice: Choice, zone: ZoneInfo) -> str:
    lines = _head(choice.turn, choice.asked_at, choice.channel, choice.language, choice.text, zone)
    lines.append(f"    offered: {', '.join(choice.offered)}")
    lines.append(f"    chosen: {choice.chosen or 'something else'}")
    return "\n".join(lines)


def _head(number: int, asked: datetime, channel: str, language: str, text: str, zone: ZoneInfo) -> list[str]:
    line = f"#{number}  {asked.astimezone(zone).strftime('%Y-%m-%d %H:%M')}  {channel}  {language}"
    return [line, *textwrap.wrap(text, WIDTH, initial_indent="    ", subsequent_indent="    ")]


def _entry(row: TurnRow, zone: ZoneInfo) -> str:
    lines = _head(row.id, row.created_at, row.channel, row.language, row.text, zone)
    nearest = ", ".join(f"{article['id']} {article['score']:.2f}" for article in _nearest(row))
    if nearest:
        lines.append(f"    nearest: {nearest}")
    if row.handled_by:
        lines.append(f"    handled by {row.handled_by}: {row.handled_note or ''}".rstrip(": "))
    return "\n".join(lines)


def _nearest(row: TurnRow) -> list[dict[str, Any]]:
    articles = row.decision.get("articles") or ()
    return [{"id": article["id"], "score": article["score"]} for article in articles]
