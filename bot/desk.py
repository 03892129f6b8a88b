"""Tries an example question for the recruiters' desk: `python -m bot impact` in a process of its own, then read.

A process of its own, because comparing takes seconds of one core and hundreds of megabytes, which people who ask are not
to feel.
"""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import sys
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from console.trials import Change, Met, Nearer, Trial, TrialFailed, TrialTakesLong
from failures import where
from knowledge.store import ArticleStore
from settings import ROOT, Settings, environment_of

# A little less than the minute after which proxies give up on an answer.
PATIENCE = 50.0
_KEPT = 20
# What the command exits with: no regression, and some.
_COMPARED = (0, 1)

# Runs `python -m bot` with these arguments; gives the exit status, standard output and standard error.
Run = Callable[[Sequence[str]], Awaitable[tuple[int, str, str]]]
_Key = tuple[int, str, str, str]

logger = logging.getLogger(__name__)


class DeskTrials:
    """Implements `console.trials.Rehearse`. One comparison at a time; what was found stays while the articles do."""

    def __init__(self, store: ArticleStore, run: Run, patience: float = PATIENCE) -> None:
        self._store, self._run, self._patience = store, run, patience
        self._one_at_a_time = asyncio.Lock()
        self._trials: OrderedDict[_Key, asyncio.Task[Trial]] = OrderedDict()

    async def __call__(self, article: str, language: str, question: str) -> Trial:
        key = (await asyncio.to_thread(self._store.version), article, language, question)
        task = self._trials.get(key)
        if task is None:
            task = self._trials[key] = asyncio.create_task(self._try(article, language, question))
            while len(self._trials) > _KEPT:
                self._trials.popitem(last=False)
        try:
            return await asyncio.wait_for(asyncio.shield(task), self._patience)
        except asyncio.TimeoutError as error:
            raise TrialTakesLong from error
        except Exception:
            # Whatever went wrong, the next one who asks tries again.
            self._trials.pop(key, None)
            raise

    async def prepare(self) -> None:
        """Do now what would be slow in the first trial after a training; what fails is for the log."""
        try:
            async with self._one_at_a_time:
                status, _, errors = await self._run(["impact", "--prepare"])
        except Exception as error:  # Edge: a background task; the first trial does it.
            logger.warning("the known questions could not be read: %s", where(error))
            return
        if status:
            logger.warning(
                "the known questions could not be read: exit status %d %s", status, errors.strip()[-500:]
            )

    async def _try(self, article: str, language: str, question: str) -> Trial:
        async with self._one_at_a_time:
            arguments = ["impact", "--json", "--add-question", article, language, question]
            status, output, errors = await self._run(arguments)
        if status not in _COMPARED:
            raise TrialFailed(errors.strip()[-500:] or f"exit status {status}")
        return read_trial(json.loads(output))


def read_trial(impact: Mapping[str, Any]) -> Trial:
    """The trial that `bot.impact_report.as_dict` tells of."""

    def changes(name: str) -> tuple[Change, ...]:
        return tuple(
            Change(each["text"], each["language"], _met(each["old"]), _met(each["new"]))
            for each in impact[name]
        )

    return Trial(
        compared=sum(impact["compared"].values()),
        worse=changes("regressions"),
        better=changes("mended"),
        others=changes("others"),
        nearer=tuple(Nearer(each["other"]["label"], each["other"]["text"]) for each in impact["nearer"]),
    )


def _met(decision: Mapping[str, Any]) -> Met:
    return Met(decision["outcome"], tuple(decision["served"] or decision["offered"]))


def bot_process(settings: Settings) -> Run:
    """Runs a command of ours with these settings, behind everything else that wants the processor."""
    environment = environment_of(settings)
    nice = shutil.which("nice")
    command = [*([nice, "-n", "10"] if nice else []), sys.executable, "-m", "bot"]

    async def run(arguments: Sequence[str]) -> tuple[int, str, str]:
        process = await asyncio.create_subprocess_exec(
            *command, *arguments, cwd=ROOT, env=environment,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            output, errors = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        return process.returncode or 0, output.decode(), errors.decode(errors="replace")

    return run
