"""How quality and time change with the number of articles: made articles, published, understood, changed.

    python -m bench.answers --articles 100,250,500,1000

Each article has 20 examples, half in each language. Each size is measured in a process of its own and without Rasa,
whose own memory (about 600 MB) is not in the peak. A rebuild has all the cores, as training has; a message and a change
have one, as a server's process has. Needs the sentence encoder (`python -m bot train`).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

from threadpoolctl import threadpool_limits

from bench.figures import percentile
from bench.made_articles import EXAMPLES, MadeArticle, make_articles
from bench.processes import BenchError
from bot.surroundings import quiet_libraries
from knowledge.articles import load_articles
from knowledge.store import ArticleStore, publish
from nlu.decide import ANSWERED, Decision, Limits, decide, rank
from nlu.encoder import Encoder
from nlu.encoder_build import is_built
from nlu.examples import article_examples, load_acts
from nlu.live import Classifiers, LiveUnderstanding, Understanding, memories
from nlu.text import clean
from settings import Settings, from_environment
from storage import Database, utc
from storage.migrate import migrate

SIZES = (100, 250, 500, 1000)
MOST_ASKED = 400
LIVE_WITHIN_SECONDS = 120.0
LOOK_EVERY_SECONDS = 0.005
AT_ONCE, OFFERED, MISSED = "at once", "offered", "missed"
# No made article has these words.
NEWLY_ASKED = "Does the marmalade zeppelin come with a velvet xylophone?"


@dataclass(frozen=True)
class Size:
    """The figures of one size. `encode_s` and `fit_s` together are a full rebuild; a restart has no `encode_s`.

    `live_s` lasts from before one changed article is published until its new question finds it.
    """

    articles: int
    examples: int
    encode_s: float
    fit_s: float
    rebuild_s: float
    peak_mb: float
    prepare_s: float
    live_s: float
    p50_ms: float
    p95_ms: float
    asked: int
    right_at_once: float
    right_or_offered: float


def measure(count: int, examples_each: int, settings: Settings, folder: str) -> Size:
    """Measure one size in this process, with its database in `folder`; the peak is of the whole process so far."""
    made = make_articles(load_articles(settings.articles_dir), count, examples_each)
    built = settings.models_dir / "encoder"
    encoder, acts = Encoder(built), load_acts()
    memory = memories(Encoder(built, threads=os.cpu_count() or 1))
    with closing(Database(f"sqlite:///{Path(folder) / 'signpost.db'}")) as database:
        migrate(database)
        with database.session() as session:
            for each in made:
                publish(session, each.article, "bench", utc())
        examples = (*acts, *article_examples(each.article for each in made))
        start = time.perf_counter()
        for language, mine in memory.items():
            mine.vectors([example.text for example in examples if example.language == language])
        encode_s = time.perf_counter() - start

        classifiers = Classifiers(memory, {}, factors=Path(folder) / "factors")
        live = LiveUnderstanding(ArticleStore(database), acts, classifiers)
        start = time.perf_counter()
        with threadpool_limits(os.cpu_count()):
            live.refresh()
        fit_s = time.perf_counter() - start
        peak_mb = _peak_megabytes()
        start = time.perf_counter()
        classifiers.prepare()
        prepare_s = time.perf_counter() - start
        live.start()
        try:
            changed = made[0].article.with_question("en", NEWLY_ASKED)
            start = time.perf_counter()
            with database.session() as session:
                publish(session, changed, "bench", utc())
            _wait_until_live(live, encoder, changed.id)
            live_s = time.perf_counter() - start
            right, milliseconds = _ask(live, encoder, made)
        finally:
            live.stop()
    return Size(
        articles=count,
        examples=len(examples),
        encode_s=encode_s,
        fit_s=fit_s,
        rebuild_s=encode_s + fit_s,
        peak_mb=peak_mb,
        prepare_s=prepare_s,
        live_s=live_s,
        p50_ms=percentile(milliseconds, 50),
        p95_ms=percentile(milliseconds, 95),
        asked=len(right),
        right_at_once=right.count(AT_ONCE) / len(right),
        right_or_offered=(len(right) - right.count(MISSED)) / len(right),
    )


def understand(text: str, current: Understanding, encoder: Encoder) -> Decision:
    """What one English question is decided to be, as in the message pipeline for a message of one sentence."""
    text, model = clean(text), current.model("en")
    scores = model.scores([text], encoder.encode_one(text)[None, :])[0]
    limits = Limits()
    return decide(rank(current.articles, model.classes, scores, limits.temperature), 0.0, limits)


def _wait_until_live(live: LiveUnderstanding, encoder: Encoder, id: str) -> None:
    end = time.perf_counter() + LIVE_WITHIN_SECONDS
    version = live.current.version
    while time.perf_counter() < end:
        if live.current.version != version:
            if understand(NEWLY_ASKED, live.current, encoder).label == id:
                return
            raise BenchError(f"the new question of {id} does not find it")
        time.sleep(LOOK_EVERY_SECONDS)
    raise BenchError(f"the changed article is not live after {LIVE_WITHIN_SECONDS:.0f} s")


def _ask(
    live: LiveUnderstanding, encoder: Encoder, made: Sequence[MadeArticle]
) -> tuple[list[str], list[float]]:
    """How each held-out question came to its article, and the milliseconds it took."""
    every = [(text, each.article.id) for each in made for text in each.held_out]
    right: list[str] = []
    milliseconds: list[float] = []
    for text, id in every[:: max(1, len(every) // MOST_ASKED)]:
        start = time.perf_counter()
        decision = understand(text, live.current, encoder)
        milliseconds.append((time.perf_counter() - start) * 1000)
        right.append(_found(decision, id))
    return right, milliseconds


def _found(decision: Decision, id: str) -> str:
    if decision.outcome == ANSWERED and decision.label == id:
        return AT_ONCE
    return OFFERED if id in [each.id for each in decision.offered] else MISSED


def _peak_megabytes() -> float:
    # Linux tells kilobytes, macOS bytes.
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def _print(sizes: Sequence[Size]) -> None:
    names = (
        "articles", "examples", "encode s", "fit s", "rebuild s", "peak MB", "change live s", "p50 ms", "p95 ms",
        "right at once", "or offered",
    )  # fmt: skip
    print("  ".join(names))
    for size in sizes:
        cells = (
            f"{size.articles:,}",
            f"{size.examples:,}",
            f"{size.encode_s:.1f}",
            f"{size.fit_s:.1f}",
            f"{size.rebuild_s:.1f}",
            f"{size.peak_mb:,.0f}",
            f"{size.live_s:.2f}",
            f"{size.p50_ms:.1f}",
            f"{size.p95_ms:.1f}",
            f"{size.right_at_once:.1%}",
            f"{size.right_or_offered:.1%}",
        )
        print("  ".join(f"{cell:>{len(name)}}" for cell, name in zip(cells, names, strict=True)))


def _sizes(text: str) -> list[int]:
    try:
        sizes = [int(part) for part in text.split(",")]
    except ValueError as error:
        raise argparse.ArgumentTypeError("give numbers with commas between") from error
    if min(sizes) < 1:
        raise argparse.ArgumentTypeError("give numbers of 1 or more")
    return sizes


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench.answers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--articles", type=_sizes, default=list(SIZES), help="sizes (100,250,500,1000)")
    parser.add_argument(
        "--examples", type=int, default=EXAMPLES, help="of an article, half in each language (%(default)s)"
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="also write the figures to this file")
    options = parser.parse_args(arguments)
    settings = from_environment()
    encoder = settings.models_dir / "encoder"
    if not is_built(encoder):
        print(f"no sentence encoder in {encoder}: run `python -m bot train` first", file=sys.stderr)
        return 1
    # Asked to end, it ends like on Ctrl-C: through every `finally`.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # For the processes that measure: each reads this as it starts.
    quiet_libraries()
    load_before = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load before {load_before:.1f}\n", flush=True)
    try:
        sizes = []
        for count in options.articles:
            print(f"{count} articles ...", file=sys.stderr, flush=True)
            sizes.append(_measure_apart(count, options.examples, settings))
    except BenchError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    _print(sizes)
    if options.json:
        found = {
            "load_before": round(load_before, 2),
            "examples": options.examples,
            "sizes": [asdict(size) for size in sizes],
        }
        options.json.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    return 0


def _measure_apart(count: int, examples_each: int, settings: Settings) -> Size:
    # A new interpreter: a peak of memory is the process's own, and only a new one reads the number of threads.
    # The folder is this process's, which outlives the other and removes it even when both are stopped.
    with tempfile.TemporaryDirectory(prefix="bench-answers-") as folder, get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, (count, examples_each, settings, folder))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
