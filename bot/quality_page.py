"""docs/quality.md as text: tables of measured figures with their sample sizes and 95 % intervals."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.evaluate import Judged, report

Z = 1.959964  # of 95 %
# Question kinds of the people who asked them; everything else was written for this project.
REAL = ("forum", "faq", "dataset")
WORST = 10
LEAST_FOR_WORST = 5
MOST_REASONS = 3
_SHARES = (
    ("right at once", "right_at_once"),
    ("right or offered", "right_or_offered"),
    ("wrong", "wrong"),
    ("unanswered", "unanswered"),
)


@dataclass(frozen=True)
class QuestionSet:
    """Labelled questions as they were met."""

    name: str
    about: str
    judged: Sequence[Judged]


@dataclass(frozen=True)
class PublicSet:
    """A public data set as `bench.intents` measured it; `inside` and `outside` count its test messages. A figure is
    `None` where the set has no message that tells."""

    name: str
    inside: int
    outside: int
    figures: Mapping[str, Any]


@dataclass(frozen=True)
class Peer:
    """What a comparable service publishes: shares between 0 and 1, `None` where it publishes none."""

    name: str
    source: str
    url: str = ""
    right: float | None = None
    answered: float | None = None


@dataclass(frozen=True)
class Quality:
    """All that the page tells."""

    day: date
    model: str
    articles: int
    questions: Sequence[QuestionSet]
    public: Sequence[PublicSet]
    peers: Sequence[Peer]


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share, by Wilson's score; (0, 1) when nothing was counted.

    >>> [round(end, 3) for end in wilson(8, 10)]
    [0.49, 0.943]
    """
    if not n:
        return 0.0, 1.0
    share = hits / n
    spread = Z * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    low, high = ((share + Z * Z / (2 * n) + sign * spread) / (1 + Z * Z / n) for sign in (-1, 1))
    return max(low, 0.0), min(high, 1.0)


def auroc_interval(auroc: float, inside: int, outside: int) -> tuple[float, float]:
    """The 95 % interval of an area under the curve, by Hanley and McNeil's standard error."""
    q1, q2 = auroc / (2 - auroc), 2 * auroc * auroc / (1 + auroc)
    variance = auroc * (1 - auroc) + (inside - 1) * (q1 - auroc**2) + (outside - 1) * (q2 - auroc**2)
    spread = Z * math.sqrt(max(variance, 0.0) / (inside * outside))
    return max(auroc - spread, 0.0), min(auroc + spread, 1.0)


def page(quality: Quality) -> str:
    """The whole document."""
    return "\n".join(
        [*_head(quality), *_sets(quality), *_public(quality), *_peers(quality), *_worst(quality)]
    )


def _head(quality: Quality) -> Iterator[str]:
    yield "# Quality"
    yield ""
    yield (
        "`python -m bot quality` wrote this page; no figure in it was typed by hand. "
        f"Measured on {quality.day.isoformat()} with the model `{quality.model}` "
        f"and {quality.articles} published articles."
    )
    yield ""
    yield (
        "Each question is a first message of its own. *Right at once*: the answer is on a topic that the question is "
        "labelled with. *Right or offered*: or such an article was among the at most three offered. *Wrong*: another "
        "answer was given. *Unanswered*: said to be unknown, and kept for recruiters. What is missing to 100 % was "
        "met with a wrong offer or as something else. *Not ours*: complaints, chit-chat, other subjects; "
        "the fewer of them are answered from an article, the better."
    )
    yield ""
    yield "In brackets: the 95 % interval (Wilson's for shares, Hanley and McNeil's for AUROC)."
    yield ""


def _sets(quality: Quality) -> Iterator[str]:
    for each in quality.questions:
        yield f"## {each.name}"
        yield ""
        yield f"{each.about} {_provenance(each.judged)}"
        yield ""
        found = report(each.judged)
        yield from _figures("all", {"all": found["all"]})
        yield from _figures("language", found["lang"])
        kinds = {f"{kind or 'none'} ({_wrote(kind)})": row for kind, row in found["kind"].items()}
        yield from _figures("kind", kinds)
        yield from _figures("style", found["style"])
        topics = found["topic"]
        yield from _figures("topic", {name: row for name, row in topics.items() if row["questions"]})
        yield from _figures("not ours", {name: row for name, row in topics.items() if not row["questions"]})


def _wrote(kind: str) -> str:
    return "real" if kind in REAL else "written by the project"


def _provenance(judged: Sequence[Judged]) -> str:
    real = sum(each.question.kind in REAL for each in judged)
    return f"Of {len(judged)} questions, {real} are real people's and {len(judged) - real} were written by the project."


def _figures(group: str, rows: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """A table of one grouping; columns that would be empty are left out, and so is a table without rows."""
    if not rows:
        return
    ours = any(row["questions"] for row in rows.values())
    others = any(row["not_ours"] for row in rows.values())
    heads = [group]
    heads += ["questions", *(head for head, _ in _SHARES)] if ours else []
    heads += ["not ours", "answered"] if others else []
    lines = []
    for name, row in rows.items():
        cells = [name]
        if ours:
            cells += [str(row["questions"]), *(_share(row[key], row["questions"]) for _, key in _SHARES)]
        if others:
            cells += [str(row["not_ours"]), _share(row["not_ours_answered"], row["not_ours"])]
        lines.append(cells)
    yield from _table(heads, lines)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], words: Collection[str] = ()) -> Iterator[str]:
    """A Markdown table; the first column and those headed by `words` hold words, the others numbers."""
    yield f"| {' | '.join(heads)} |"
    yield f"|{''.join('---|' if head in (heads[0], *words) else '---:|' for head in heads)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _share(share: float | None, n: int) -> str:
    return "" if share is None or not n else _with_interval(share, wilson(round(share * n), n))


def _with_interval(share: float, interval: tuple[float, float]) -> str:
    low, high = interval
    return f"{share:.1%} ({low:.1%}–{high:.1%})"


def _public(quality: Quality) -> Iterator[str]:
    if not quality.public:
        return
    yield "## Public sets"
    yield ""
    yield (
        "The classifier trained from scratch on a set's own training messages by `python -m bench.intents`, which picks "
        "its threshold without the test messages. None of these was written by the project. *AUROC*: how well its score "
        "tells messages in scope from those outside. *Accepted*: right and above the threshold. *Refused*: of the "
        "messages outside, those below it."
    )
    yield ""
    heads = [
        "set",
        "in scope",
        "outside",
        "in-scope accuracy",
        "AUROC",
        "accepted",
        "refused",
        "training",
        "a message",
    ]
    yield from _table(heads, map(_public_row, quality.public))


def _public_row(each: PublicSet) -> list[str]:
    found, inside, outside = each.figures, each.inside, each.outside
    auroc = found["auroc"]
    return [
        each.name,
        str(inside),
        str(outside),
        _share(found["in_scope_accuracy"], inside),
        _with_interval(auroc, auroc_interval(auroc, inside, outside)) if inside and outside else "",
        _share(found["accepted_in_scope_accuracy"], inside),
        _share(found["oos_recall"], outside),
        f"{found['train_s']:.1f} s",
        f"{found['ms_per_message']:.1f} ms",
    ]


def _peers(quality: Quality) -> Iterator[str]:
    yield "## Beside what others publish"
    yield ""
    yield (
        "Each service measured itself, on its own subjects and questions: these figures show the order of things, not a "
        "ranking. *Right*: of the answers given. *Answered*: of the questions in scope, those given an answer at once; an offer of articles is none."
    )
    yield ""
    rows = []
    for each in quality.questions:
        for name, some in (("real questions", True), ("written questions", False)):
            judged = [j for j in each.judged if j.question.ours and (j.question.kind in REAL) is some]
            answered = [j for j in judged if j.verdict in ("right", "wrong")]
            right = sum(j.verdict == "right" for j in answered)
            if judged:
                rows.append(
                    [f"Signpost, {each.name.lower()}, {name}",
                     f"measured here on {len(judged)} questions",
                     _share(right / len(answered), len(answered)) if answered else "",
                     _share(len(answered) / len(judged), len(judged))]
                )  # fmt: skip
    for peer in quality.peers:
        source = f"[{peer.source}]({peer.url})" if peer.url else peer.source
        rows.append(
            [peer.name, source, *("" if s is None else f"{s:.0%}" for s in (peer.right, peer.answered))]
        )
    yield from _table(["service", "source", "right", "answered"], rows, words=("source",))


def _worst(quality: Quality) -> Iterator[str]:
    judged = [each for group in quality.questions for each in group.judged]
    yield "## The ten worst topics"
    yield ""
    yield (
        "All sets together, both languages, topics of at least "
        f"{LEAST_FOR_WORST} questions. Ordered by the upper end of the interval, so that few questions alone make "
        "no topic the worst. The reason is what the questions that were not right at once were met with."
    )
    yield ""
    rows = [
        [topic, str(row["questions"]), _share(row["right_at_once"], row["questions"]),
         _share(row["right_or_offered"], row["questions"]), reasons(topic, judged)]
        for topic, row in worst_topics(judged)
    ]  # fmt: skip
    heads = ["topic", "questions", "right at once", "right or offered", "the others were"]
    yield from _table(heads, rows, words=heads[-1:])


def worst_topics(judged: Sequence[Judged]) -> list[tuple[str, Mapping[str, Any]]]:
    """The topics that are surest to be met badly, with their figures, worst first."""
    topics = report([each for each in judged if each.question.ours])["topic"]
    enough = [(topic, row) for topic, row in topics.items() if row["questions"] >= LEAST_FOR_WORST]

    def highest(row: Mapping[str, Any]) -> float:
        return wilson(round(row["right_at_once"] * row["questions"]), row["questions"])[1]

    return sorted(enough, key=lambda pair: highest(pair[1]))[:WORST]


def reasons(topic: str, judged: Iterable[Judged]) -> str:
    """What a topic's questions that were not right at once were met with, most frequent first."""
    met = Counter(
        met_with(each) for each in judged if topic in each.question.labels and each.verdict != "right"
    )
    named = [f"{count} {how}" for how, count in met.most_common(MOST_REASONS)]
    rest = met.total() - sum(count for _, count in met.most_common(MOST_REASONS))
    return "; ".join([*named, *([f"{rest} met otherwise"] if rest else [])]) or "none"


def met_with(judged: Judged) -> str:
    """In words, how a question was met that was not answered rightly at once."""
    decision = judged.decision
    if judged.verdict == "wrong":
        served = decision["served"][0]
        return f"answered on {served['topics'][0]} ({served['id']})"
    if judged.verdict == "offered":
        return "offered the right article among others"
    if decision.get("outcome") == "clarified":
        return f"offered {decision['offered'][0]['topics'][0]} and the like"
    if decision.get("outcome") in ("act", "out_of_scope"):
        return f"taken for {decision['label']}"
    return "unanswered"
