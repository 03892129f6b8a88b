"""What a change of the articles would do, told to a person or to another program."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from bot.rehearsal import Impact, verdict
from nlu.decide import Decision
from nlu.impact import ASKED, EXAMPLE, LABELLED, Changed

WIDTH = 110


def as_dict(impact: Impact) -> dict[str, Any]:
    """JSON for other programs; a change is `{"text", "language", "kind", "article", "times", "labels", "old", "new"}`,
    and `old` and `new` are `{"outcome", "label", "served", "offered", "verdict"}`."""
    return {
        "seconds": round(impact.seconds, 2),
        "compared": dict(impact.compared),
        **{
            name: [_change(each) for each in getattr(impact, name)]
            for name in ("regressions", "mended", "others")
        },
        "nearer": [
            {
                "article": each.example.label,
                "language": each.example.language,
                "text": each.example.text,
                "own": {"text": each.own_text, "similarity": round(each.own_similarity, 3)},
                "other": {
                    "label": each.other,
                    "text": each.other_text,
                    "similarity": round(each.other_similarity, 3),
                },
            }
            for each in impact.nearer
        ],
    }


def _change(change: Changed) -> dict[str, Any]:
    question = change.question
    return {
        "text": question.text,
        "language": question.language,
        "kind": question.kind,
        "article": question.article or None,
        "times": question.times,
        "labels": sorted(question.labels),
        **{
            name: {
                "outcome": decision.outcome,
                "label": decision.label,
                "served": [each.id for each in decision.served],
                "offered": [each.id for each in decision.offered],
                "verdict": verdict(question, decision) or None,
            }
            for name, decision in (("old", change.old), ("new", change.new))
        },
    }


_HEADS = {
    LABELLED: "Labelled questions met otherwise, neither better nor worse",
    ASKED: "Questions that people asked",
    EXAMPLE: "Examples of articles",
}


def report(impact: Impact, most: int = 12) -> str:
    """The impact for a terminal: what got worse first; of each group at most so many."""
    lines: list[str] = []

    def group(head: str, found: Sequence[Changed]) -> None:
        if found:
            lines.append(f"{head}: {len(found)}")
            for (old, new), members in _grouped(found):
                lines.append(f"  {old} → {new}")
                lines.extend(f"      {_short(each)}" for each in members[:most])
                if len(members) > most:
                    lines.append(f"      … and {len(members) - most} more")
            lines.append("")

    group("REGRESSIONS: labelled questions that are met well now and would not be", impact.regressions)
    group("Labelled questions that would be met well and are not now", impact.mended)
    for kind, head in _HEADS.items():
        group(head, [each for each in impact.others if each.question.kind == kind])
    if impact.nearer:
        lines.append(f"Proposed examples that are nearer to another's examples: {len(impact.nearer)}")
        for each in impact.nearer:
            lines.append(f"  {each.example.label}: {each.example.text!r}")
            lines.append(f"      {each.other_similarity:.2f} {each.other}: {each.other_text!r}")
            lines.append(f"      {each.own_similarity:.2f} its own: {each.own_text!r}")
        lines.append("")
    compared = ", ".join(f"{n} {kind}" for kind, n in sorted(impact.compared.items()))
    found = len(impact.regressions) + len(impact.mended) + len(impact.others)
    lines.append(
        f"{found} of {sum(impact.compared.values())} known questions ({compared}) met otherwise; "
        f"{len(impact.regressions)} regressions. Compared in {impact.seconds:.1f} s."
    )
    return "\n".join(lines)


def _grouped(found: Sequence[Changed]) -> list[tuple[tuple[str, str], list[Changed]]]:
    """By how they were met and would be met, the largest group first."""
    groups: dict[tuple[str, str], list[Changed]] = {}
    for each in found:
        groups.setdefault((_told(each.old), _told(each.new)), []).append(each)
    return sorted(groups.items(), key=lambda pair: -len(pair[1]))


def _told(decision: Decision) -> str:
    articles = " + ".join(each.id for each in decision.served or decision.offered)
    return f"{decision.outcome} {articles or decision.label}".strip()


def _short(change: Changed) -> str:
    question = change.question
    wanted = f" (wanted: {', '.join(sorted(question.labels))})" if question.labels else ""
    times = f" ({question.times} times)" if question.times > 1 else ""
    return textwrap.shorten(question.text, WIDTH, placeholder=" …") + wanted + times
