"""Checks that all is in order, content and installation, and says of each thing that is not how to mend it."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any

from bot.content_checks import content_problems
from bot.installation import installation_problems
from bot.problems import Problem, report
from bot.surroundings import hushed
from knowledge.articles import Article
from settings import Settings, from_environment

# What the model makes of a typed text: Rasa's parse, with the decision.
Understand = Callable[[str], Awaitable[Mapping[str, Any]]]

KNOWN_QUESTIONS = 10
LEAST_KNOWN = 8


async def check_understanding(understand: Understand, articles: Sequence[Article]) -> list[Problem]:
    """Ask some articles' own titles. Rasa can load an untrained component and say so in a debug line only."""
    asked = articles[:: max(1, len(articles) // KNOWN_QUESTIONS)][:KNOWN_QUESTIONS]
    missed = []
    for article in asked:
        parse = await understand(article.text("en").title)
        candidates = (parse.get("decision") or {}).get("articles") or ()
        if article.id not in [candidate["id"] for candidate in candidates]:
            missed.append(article.id)
    if len(asked) - len(missed) >= LEAST_KNOWN * len(asked) / KNOWN_QUESTIONS:
        return []
    what = f"{len(missed)} of {len(asked)} known questions do not find their article: {', '.join(missed)}"
    return [
        Problem(what, "the trained model", "Run `python -m bot train`, then `python -m bot check --model`.")
    ]


def main(arguments: list[str]) -> int:
    """The command `check`."""
    parser = argparse.ArgumentParser(prog="python -m bot check", description=__doc__)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--content", action="store_true", help="only what is committed: no model, no database")
    which.add_argument("--model", action="store_true", help="also load the model and ask it known questions")
    options = parser.parse_args(arguments)
    settings = from_environment()
    with hushed():
        problems = list(_problems(settings, not options.content, options.model))
    print(report(problems) if problems else "All is in order.")
    return 1 if problems else 0


def _problems(settings: Settings, installation: bool, model: bool) -> Iterator[Problem]:
    found = content_problems(settings)
    if installation:
        found += installation_problems(settings)
    yield from found
    # A model that is missing or a database that does not answer has been told of already.
    if model and not found:
        yield from asyncio.run(_model_problems(settings))


async def _model_problems(settings: Settings) -> list[Problem]:
    from bot.loading import loaded_core

    with loaded_core(settings) as (core, services):
        return await check_understanding(core.understand, [each.article for each in services.store.all()])
