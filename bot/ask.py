"""Answers JSON lines: one question a line on standard input, one turn a line on standard output, in order."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import secrets
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TextIO

from bot.surroundings import hushed
from channels.messages import ArticleRef, IncomingMessage, Turn
from channels.turns import TurnQueue
from settings import from_environment
from storage import utc

if TYPE_CHECKING:
    from bot.core import RasaCore

CHANNEL = "ask"


def read_line(line: str) -> IncomingMessage:
    """A message from `{"text": …, "lang"?: …, "conversation"?: …}`; raises `ValueError` with what is wrong.

    Without `conversation` the line is a conversation of its own.
    """
    raw = json.loads(line)
    if not isinstance(raw, dict) or not isinstance(raw.get("text"), str):
        raise ValueError('expected {"text": "…"}')
    language = raw.get("lang")
    if language not in (None, "en", "fr"):
        raise ValueError('"lang" is "en" or "fr"')
    conversation = raw.get("conversation")
    sender = f"{CHANNEL}:{secrets.token_hex(8)}" if conversation is None else f"{CHANNEL}:{conversation}"
    return IncomingMessage(sender, raw["text"], CHANNEL, raw.get("payload"), language)


def written(text: str, turn: Turn, milliseconds: float) -> dict[str, Any]:
    """A turn as a JSON object; a reply's text is all that a prospect would read of it."""
    return {
        "text": text,
        "lang": turn.language,
        "outcome": turn.outcome,
        "articles": [{**_ref(each), "score": round(each.score, 4)} for each in turn.articles],
        "offered": [_ref(each) for each in turn.offered],
        "intent": turn.intent,
        "replies": [
            {
                "text": "\n\n".join(filter(None, (reply.text, reply.unknown))),
                "buttons": [{"title": button.title, "payload": button.payload} for button in reply.buttons],
                "sources": [vars(source) for source in reply.sources],
                "checked": reply.checked.isoformat() if reply.checked else None,
            }
            for reply in turn.replies
        ],
        "ms": round(milliseconds, 1),
    }


def _ref(article: ArticleRef) -> dict[str, Any]:
    return {"id": article.id, "topics": list(article.topics)}


async def answer(lines: Iterable[str], queue: TurnQueue, out: TextIO) -> int:
    """Answer every line; one that cannot be read gets `{"error": …}` in its place. Returns how many could not."""
    bad = 0
    loop = asyncio.get_running_loop()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            message = read_line(line)
        except ValueError as error:
            bad += 1
            result: dict[str, Any] = {"error": f"line {number}: {error}"}
        else:
            start = loop.time()
            turn = await queue.submit(message)
            result = written(message.text, turn, (loop.time() - start) * 1000)
        print(json.dumps(result, ensure_ascii=False), file=out, flush=True)
    return bad


async def _run(core: RasaCore, contact_url: str) -> int:
    # The first question's time must not hold what is made at first use.
    await core.warm_up()
    return await answer(sys.stdin, TurnQueue(core, utc, contact_url), sys.stdout)


def main(arguments: list[str]) -> int:
    """The command `ask`."""
    parser = argparse.ArgumentParser(prog="python -m bot ask", description=__doc__)
    parser.parse_args(arguments)
    settings = from_environment()
    with contextlib.ExitStack() as stack:
        with hushed():
            from bot.loading import loaded_core

            core, _ = stack.enter_context(loaded_core(settings, examples=True))
        bad = asyncio.run(_run(core, settings.contact_url))
    return 2 if bad else 0
