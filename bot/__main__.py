"""The command line: `python -m bot COMMAND`; each command is the module of its name, imported when it is run."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from bot.problems import EXIT_STATUS, NotInOrder
from bot.surroundings import quiet_libraries
from settings import SettingsError

COMMANDS = {
    "serve": "serve the web chat, the recruiters' pages and Telegram",
    "train": "train the model from config.yml, domain.yml, nlu/ and the articles",
    "check": "check content and installation; says what to mend",
    "chat": "talk to the assistant in this terminal",
    "ask": "answer JSON lines from standard input",
    "evaluate": "measure answers against a file of labelled questions",
    "questions": "list what went unanswered, newest first",
    "explain": "say why a turn was answered as it was",
    "parity": "list every gap between English and French",
    "quality": "measure everything and write docs/quality.md",
    "impact": "show what a change of the articles would do to known questions",
    "publish": "publish or withdraw an article in running servers",
    "users": "add, list and remove recruiters' accounts",
}


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    quiet_libraries()
    try:
        status: int = import_module(f"bot.{options.command}").main(options.arguments)
    except SettingsError as error:
        print(f"A setting cannot be read:\n{error}\ndocs/settings.md lists every setting.", file=sys.stderr)
        return EXIT_STATUS
    except NotInOrder as error:
        print(f"Something is not in order:\n{error}", file=sys.stderr)
        return EXIT_STATUS
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130
    return status


def _parser() -> argparse.ArgumentParser:
    lines = "\n".join(f"  {name:<10} {help}" for name, help in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="python -m bot",
        description=f"Signpost's commands:\n\n{lines}\n\n`python -m bot COMMAND --help` tells more of each.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="...", help="the command's own")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
