"""Lists what went unanswered, newest first, as a table or as JSON."""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from bot.installation import open_database
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
    options = parser.parse_args(arguments)
    settings = from_environment()
    with open_database(settings) as database, database.session() as session:
        rows = unanswered(session, options.limit, options.handled)
        if options.json:
            print(json.dumps([as_dict(row) for row in rows], ensure_ascii=False, indent=2))
        else:
            print(table(rows, ZoneInfo(settings.timezone)))
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


def _entry(row: TurnRow, zone: ZoneInfo) -> str:
    asked = row.created_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    lines = [f"#{row.id}  {asked}  {row.channel}  {row.language}"]
    lines += textwrap.wrap(row.text, WIDTH, initial_indent="    ", subsequent_indent="    ")
    nearest = ", ".join(f"{article['id']} {article['score']:.2f}" for article in _nearest(row))
    if nearest:
        lines.append(f"    nearest: {nearest}")
    if row.handled_by:
        lines.append(f"    handled by {row.handled_by}: {row.handled_note or ''}".rstrip(": "))
    return "\n".join(lines)


def _nearest(row: TurnRow) -> list[dict[str, Any]]:
    articles = row.decision.get("articles") or ()
    return [{"id": article["id"], "score": article["score"]} for article in articles]
