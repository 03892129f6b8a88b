"""Stock Rasa and Signpost side by side on this machine: the same articles, the same messages, the same crowd.

    python -m bench.turns
    python -m bench.turns --in-process

Stock Rasa is what `rasa init` makes: its default pipeline (DIET) and policies (TED), its REST channel, its action
server. Each is trained, started, spoken to and stopped by itself, on loopback. Needs the sentence encoder
(`python -m bot train`). With --in-process: Signpost's turns alone, without a server, on one thread.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import aiohttp

from bench.figures import Load, load_of, ratio
from bench.in_process import measure_in_process
from bench.load import PATIENCE, Crowd, LoopClock, Person, Question, closed_loop, open_loop, send
from bench.processes import BenchError, Process, memory_megabytes
from bench.questions import questions
from knowledge.articles import Article, load_articles
from settings import from_environment

# Stock Rasa takes two to nine minutes to train on these, on two cores that are more or less busy.
ARTICLES = 20
WARM_UP_SECONDS = 3.0


class Assistant(Protocol):
    """One side of the comparison."""

    @property
    def name(self) -> str: ...

    def train(self) -> None: ...

    def serving(self) -> AbstractContextManager[list[Process]]: ...

    def visit(self, http: aiohttp.ClientSession) -> AbstractAsyncContextManager[Person]: ...


@dataclass(frozen=True)
class Plan:
    """What is sent: `rate` messages a second for `seconds`, then as many as are answered for `seconds`."""

    crowd: Crowd
    rate: float
    seconds: float


@dataclass(frozen=True)
class Figures:
    """One side's figures. Training and start in seconds; a start ends with the first answer.

    `machine_load` is the load average as the measuring begins: what else kept the machine busy.
    """

    machine_load: float
    train_s: float
    start_s: float
    memory_mb: float | None
    fixed_rate: Load
    closed_loop: Load


def measure(assistant: Assistant, articles: Sequence[Article], plan: Plan) -> Figures:
    """Train, start, load and stop one side; raises `BenchError`."""
    _tell(f"{assistant.name}: training on {len(articles)} articles ...")
    start = time.perf_counter()
    assistant.train()
    train_s = time.perf_counter() - start
    _tell(f"{assistant.name}: trained in {train_s:.0f} s; starting ...")
    start = time.perf_counter()
    with assistant.serving() as processes:
        machine_load = os.getloadavg()[0]
        start_s, fixed_rate, closed = asyncio.run(_talk(assistant, questions(articles, "en"), plan, start))
        memory = memory_megabytes(processes)
    return Figures(machine_load, train_s, start_s, memory, fixed_rate, closed)


async def _talk(
    assistant: Assistant, asked: Iterator[Question], plan: Plan, started: float
) -> tuple[float, Load, Load]:
    clock = LoopClock()
    unlimited = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(
        connector=unlimited, cookie_jar=aiohttp.DummyCookieJar(), timeout=aiohttp.ClientTimeout(total=None)
    ) as http:

        def door() -> AbstractAsyncContextManager[Person]:
            return assistant.visit(http)

        async with door() as person:
            first = await send(person, next(asked), clock.now(), PATIENCE, clock)
        start_s = time.perf_counter() - started
        if not first.answered:
            raise BenchError(f"{assistant.name} does not answer its first message")
        _tell(
            f"{assistant.name}: first answer after {start_s:.0f} s; measuring for {2 * plan.seconds:.0f} s ..."
        )
        await closed_loop(door, asked, plan.crowd, WARM_UP_SECONDS, clock)
        fixed_rate = await open_loop(door, asked, plan.crowd, plan.rate, plan.seconds, clock)
        closed = await closed_loop(door, asked, plan.crowd, plan.seconds, clock)
    return start_s, load_of(fixed_rate), load_of(closed)


def rows(stock: Figures, signpost: Figures) -> list[tuple[str, float | None, float | None, float | None]]:
    """Name, stock Rasa's figure, Signpost's, and how many times better Signpost is (below 1: worse)."""
    table: list[tuple[str, float | None, float | None, float | None]] = []

    def less_is_better(name: str, theirs: float | None, ours: float | None) -> None:
        table.append((name, theirs, ours, ratio(theirs, ours)))

    table.append(("machine's load before", stock.machine_load, signpost.machine_load, None))
    less_is_better("training, s", stock.train_s, signpost.train_s)
    less_is_better("start to first answer, s", stock.start_s, signpost.start_s)
    less_is_better("memory, MB", stock.memory_mb, signpost.memory_mb)
    for name, theirs, ours in (
        ("fixed rate", stock.fixed_rate, signpost.fixed_rate),
        ("closed loop", stock.closed_loop, signpost.closed_loop),
    ):
        table.append(
            (
                f"{name}: messages a second",
                theirs.per_second,
                ours.per_second,
                ratio(ours.per_second, theirs.per_second),
            )
        )
        less_is_better(f"{name}: p50, ms", theirs.p50, ours.p50)
        less_is_better(f"{name}: p95, ms", theirs.p95, ours.p95)
        less_is_better(f"{name}: p99, ms", theirs.p99, ours.p99)
        table.append((f"{name}: failed messages", theirs.failed, ours.failed, None))
        table.append((f"{name}: right answers, %", theirs.right * 100, ours.right * 100, None))
    return table


def _print_table(stock: Figures, signpost: Figures) -> None:
    print(f"{'':32}{'stock Rasa':>12}{'Signpost':>12}{'times better':>14}")
    for name, theirs, ours, times in rows(stock, signpost):
        print(
            f"{name:32}{_shown(theirs):>12}{_shown(ours):>12}{_shown(times) if times is not None else '':>14}"
        )


def _shown(value: float | None) -> str:
    if value is None:
        return "unknown"
    return f"{value:,.1f}" if value < 1000 else f"{value:,.0f}"


def _side_by_side(options: argparse.Namespace) -> dict[str, Any]:
    # Not above: they import numpy, which fixes its number of threads as it is imported (see `measure_in_process`).
    from bench.signpost import Signpost
    from bench.stock.assistant import StockRasa

    settings = from_environment()
    every = load_articles(settings.articles_dir)
    count = min(options.articles, len(every))
    chosen = [every[n * len(every) // count] for n in range(count)]
    plan = Plan(Crowd(options.people, options.messages), options.rate, options.seconds)
    loads = os.getloadavg()
    print(
        f"{count} of {len(every)} articles on both sides (more take stock Rasa longer to train); "
        f"{options.people} people at once, {options.messages} messages each; {options.rate:g} messages a second, "
        f"then closed-loop, {options.seconds:g} s each; {os.cpu_count()} cores, load before {loads[0]:.1f}\n"
    )
    with tempfile.TemporaryDirectory(prefix="bench-turns-") as folder:
        signpost = measure(Signpost(Path(folder) / "signpost", chosen, settings), chosen, plan)
        stock = measure(StockRasa(Path(folder) / "stock", chosen), chosen, plan)
    print()
    _print_table(stock, signpost)
    return {
        "articles": count,
        "people": options.people,
        "messages": options.messages,
        "rate": options.rate,
        "seconds": options.seconds,
        "cores": os.cpu_count(),
        "load_before": round(loads[0], 2),
        "stock_rasa": asdict(stock),
        "signpost": asdict(signpost),
        "times_better": {name: times for name, _, _, times in rows(stock, signpost) if times is not None},
    }


def _in_process(options: argparse.Namespace) -> dict[str, Any]:
    load_before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="bench-turns-") as folder:
        figures = measure_in_process(Path(folder), options.turns)
    print(f"milliseconds a turn, in process, one thread; load before {load_before:.1f}\n")
    print(f"{'':14}{'turns':>8}{'p50':>8}{'p95':>8}{'p99':>8}")
    for name, each in figures.items():
        print(f"{name:14}{each.messages:8}{each.p50:8.1f}{each.p95:8.1f}{each.p99:8.1f}")
    return {"load_before": round(load_before, 2), **{name: asdict(each) for name, each in figures.items()}}


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench.turns",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--people", type=_positive, default=10, help="people at once (%(default)s)")
    parser.add_argument(
        "--rate", type=float, default=5.0, help="messages a second at the fixed rate (%(default)s)"
    )
    parser.add_argument(
        "--messages",
        type=_positive,
        default=5,
        help="messages of a person, then the next comes (%(default)s)",
    )
    parser.add_argument("--seconds", type=float, default=30.0, help="how long each load lasts (%(default)s)")
    parser.add_argument(
        "--articles", type=_positive, default=ARTICLES, help="how many articles (%(default)s)"
    )
    parser.add_argument("--in-process", action="store_true", help="Signpost's turns alone, without a server")
    parser.add_argument("--turns", type=_positive, default=400, help="turns with --in-process (%(default)s)")
    parser.add_argument("--json", type=Path, metavar="OUT", help="also write the figures to this file")
    options = parser.parse_args(arguments)
    if options.rate <= 0 or options.seconds <= 0:
        parser.error("--rate and --seconds must be more than 0")
    # Asked to end, it ends like on Ctrl-C: through every `finally`, which stops what was started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        found = _in_process(options) if options.in_process else _side_by_side(options)
    except BenchError as error:
        _tell(str(error))
        return 1
    except KeyboardInterrupt:
        _tell("stopped")
        return 130
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    return 0


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("give 1 or more")
    return number


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
