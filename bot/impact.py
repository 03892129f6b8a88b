"""Shows which known questions a change of the articles would answer otherwise, before it is live."""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import os
import sys
from pathlib import Path

from bot.installation import open_database, read_article_file
from settings import from_environment
from storage import utc


def main(arguments: list[str]) -> int:
    """The command `impact`; its status is 1 when a labelled question would no longer be met well."""
    parser = argparse.ArgumentParser(prog="python -m bot impact", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE.yml", help="an article, new or changed")
    parser.add_argument("--add-question", nargs=3, action="append", default=[], metavar=("ID", "LANG", "TEXT"),
                        help="an example question more for an article")  # fmt: skip
    parser.add_argument(
        "--withdraw", action="append", default=[], metavar="ID", help="an article out of service"
    )
    parser.add_argument(
        "--prepare",
        action="store_true",
        help="change nothing, but read the known questions that are new, behind all other work",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object")
    options = parser.parse_args(arguments)
    if bool(options.files or options.add_question or options.withdraw) == options.prepare:
        parser.error("name what is to change: FILE.yml, --add-question or --withdraw; or --prepare alone")
    if options.prepare:
        _step_back()
    # A process of seconds leaves no circles behind, and looking for them is a fifth of its time.
    gc.disable()
    # The classifier's libraries take seconds to import.
    from bot.impact_report import as_dict, report
    from bot.rehearsal import rehearsal, with_question, without

    proposed = [read_article_file(file) for file in options.files]
    settings = from_environment()
    with open_database(settings) as database, rehearsal(settings, database) as ready:
        if options.prepare:
            ready.prepare()
            return 0
        articles = {**ready.articles, **{article.id: article for article in proposed}}
        for id, language, question in options.add_question:
            articles = with_question(articles, id, language, question)
        for id in options.withdraw:
            articles = without(articles, id)
        impact = ready.impact(articles, utc())
    print(json.dumps(as_dict(impact), ensure_ascii=False, indent=1) if options.json else report(impact))
    return 1 if impact.regressions else 0


def _step_back() -> None:
    """Let everything else that wants the processor have it first."""
    os.nice(19)
    if sys.platform == "linux":
        # Some containers refuse it.
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
