"""Says why a turn was answered as it was: candidates, scores, nearest example questions, thresholds, revisions."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.installation import open_database
from bot.problems import EXIT_STATUS
from knowledge.store import Revision
from knowledge.turns import TurnRow
from settings import from_environment

WIDTH = 100
NOT_KEPT = "not kept with this turn, which is older than that"


def explain(session: Session, number: int) -> dict[str, Any] | None:
    """What is kept of a turn, `None` when there is none of that number.

    Shape: `{"turn", "asked_at", "channel", "language", "text", "outcome", "intent", "knowledge", "limits",
    "candidates": [{"id", "score", "belief", "served", "offered", "nearest": {"text", "similarity"} | None}],
    "others": [{"label", "belief"}], "served": [{"id", "revision", "published_at", "published_by"}]}`.
    `text` is masked, times are ISO 8601 in UTC. `candidates` is empty for a button or a detail of a form;
    `limits`, `knowledge` and `nearest` are `None` where the turn was kept before they were.
    """
    row = session.get(TurnRow, number)
    if row is None:
        return None
    decision = row.decision or {}
    served = {article["id"] for article in row.articles}
    offered = {article["id"] for article in decision.get("offered") or ()}
    return {
        "turn": row.id,
        "asked_at": row.created_at.isoformat(),
        "channel": row.channel,
        "language": row.language,
        "text": row.text,
        "outcome": row.outcome,
        "intent": row.intent,
        "knowledge": decision.get("knowledge"),
        "limits": decision.get("limits"),
        "candidates": [
            {
                "id": article["id"],
                "score": article.get("score"),
                "belief": article.get("belief"),
                "served": article["id"] in served,
                "offered": article["id"] in offered,
                "nearest": article.get("nearest"),
            }
            for article in decision.get("articles") or ()
        ],
        "others": list(decision.get("others") or ()),
        "served": [_revision(session, article) for article in row.articles],
    }


def _revision(session: Session, article: Mapping[str, Any]) -> dict[str, Any]:
    wanted = select(Revision).where(
        Revision.article_id == article["id"], Revision.number == article.get("revision")
    )
    revision = session.scalars(wanted).first()
    return {
        "id": article["id"],
        "revision": article.get("revision"),
        "published_at": revision.published_at.isoformat() if revision else None,
        "published_by": revision.published_by if revision else None,
    }


def as_text(told: Mapping[str, Any], asked: str) -> str:
    """An explanation for a terminal; `asked` is when, in the service's own time."""
    return "\n".join(_lines(told, asked))


def _lines(told: Mapping[str, Any], asked: str) -> Iterator[str]:
    yield f"#{told['turn']}  {asked}  {told['channel']}  {told['language']}"
    yield from textwrap.wrap(told["text"], WIDTH, initial_indent="    ", subsequent_indent="    ")
    yield f"outcome     {told['outcome']}  (intent {told['intent'] or 'none'})"
    if not told["candidates"] and not told["others"]:
        yield "decision    none: a button was pressed, or a detail that was asked for was given"
    else:
        yield f"knowledge   {told['knowledge'] if told['knowledge'] is not None else NOT_KEPT}"
        limits = told["limits"]
        shown = "  ".join(f"{name} {value:g}" for name, value in limits.items()) if limits else NOT_KEPT
        yield f"thresholds  {shown}"
    if told["candidates"]:
        yield "candidates"
    for candidate in told["candidates"]:
        yield from _candidate_lines(candidate)
    if told["others"]:
        others = ", ".join(f"{other['label']} {other['belief']:.2f}" for other in told["others"])
        yield f"besides     {others}"
    for article in told["served"]:
        by = f", published {article['published_at']} by {article['published_by']}"
        known = by if article["published_at"] else ", which is not in the history"
        yield f"served      {article['id']} revision {article['revision']}{known}"
    if not told["served"]:
        yield "served      no article"


def _candidate_lines(candidate: Mapping[str, Any]) -> Iterator[str]:
    mark = "served" if candidate["served"] else "offered" if candidate["offered"] else ""
    numbers = "  ".join(
        f"{name} {candidate[name]:.3f}" for name in ("score", "belief") if candidate[name] is not None
    )
    yield f"    {candidate['id']:<36} {numbers}  {mark}".rstrip()
    nearest = candidate["nearest"]
    if nearest:
        yield f"        nearest example ({nearest['similarity']:.2f}): {nearest['text']}"
    else:
        yield f"        nearest example: {NOT_KEPT}"


def main(arguments: list[str]) -> int:
    """The command `explain`."""
    parser = argparse.ArgumentParser(prog="python -m bot explain", description=__doc__)
    parser.add_argument("turn", type=int, help="number of the turn, as `questions` and the desk show it")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    options = parser.parse_args(arguments)
    settings = from_environment()
    with open_database(settings) as database, database.session() as session:
        told = explain(session, options.turn)
        if told is None:
            print(f"There is no turn {options.turn}: it was erased, or never was.", file=sys.stderr)
            return EXIT_STATUS
        if options.json:
            print(json.dumps(told, ensure_ascii=False, indent=2))
        else:
            asked = datetime.fromisoformat(told["asked_at"]).astimezone(ZoneInfo(settings.timezone))
            print(as_text(told, asked.strftime("%Y-%m-%d %H:%M")))
    return 0
