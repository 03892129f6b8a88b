"""A conversation with the assistant in the terminal; buttons are numbers."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator

from bot.surroundings import hushed
from channels.messages import Button, Core, IncomingMessage, Turn
from channels.plain import plain_text
from channels.turns import TurnQueue
from settings import from_environment
from storage import utc

SENDER = "terminal:chat"
PROMPT = "> "


def main(arguments: list[str]) -> int:
    """The command `chat`."""
    parser = argparse.ArgumentParser(prog="python -m bot chat", description=__doc__)
    parser.add_argument("--language", choices=("en", "fr"), help="answer in this one, whatever is typed")
    options = parser.parse_args(arguments)
    settings = from_environment()

    print("Loading ...", file=sys.stderr, flush=True)
    with contextlib.ExitStack() as stack:
        with hushed():
            from bot.loading import loaded_core

            core, _ = stack.enter_context(loaded_core(settings))
        print("Ask away; a button is its number; Ctrl-D ends it.", file=sys.stderr, flush=True)
        asyncio.run(converse(core, _typed(), print, settings.contact_url, options.language))
    return 0


async def converse(
    core: Core,
    lines: Iterable[str],
    write: Callable[[str], None],
    contact_url: str,
    language: str | None = None,
) -> None:
    """Answer each line in turn; a line that is the number of one of the last buttons presses it."""
    queue = TurnQueue(core, utc, contact_url)
    buttons: list[Button] = []
    for line in lines:
        turn = await queue.submit(_message(line.strip(), buttons, language))
        buttons = [button for reply in turn.replies for button in reply.buttons]
        write(_shown(turn))
    await queue.close()


def _message(line: str, buttons: list[Button], language: str | None) -> IncomingMessage:
    if line.isdecimal() and 1 <= int(line) <= len(buttons):
        pressed = buttons[int(line) - 1]
        return IncomingMessage(SENDER, pressed.title, "terminal", payload=pressed.payload, language=language)
    return IncomingMessage(SENDER, line, "terminal", language=language)


def _shown(turn: Turn) -> str:
    lines = []
    number = 0
    for reply in turn.replies:
        lines.append(plain_text(reply, turn.language))
        for button in reply.buttons:
            number += 1
            lines.append(f"  [{number}] {button.title}")
    return "\n" + "\n".join(lines) + "\n"


def _typed() -> Iterator[str]:
    while True:
        try:
            yield input(PROMPT if sys.stdin.isatty() else "")
        except EOFError:
            return
