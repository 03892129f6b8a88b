"""The page of figures is right: intervals, what is real and what was written, reasons, public sets."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.evaluate import Judged, read_questions
from bot.problems import NotInOrder
from bot.quality import PublicFiles, from_clinc, measure_public, public_files, read_peers
from bot.quality_page import (
    Peer,
    PublicSet,
    Quality,
    QuestionSet,
    auroc_interval,
    met_with,
    page,
    reasons,
    wilson,
    worst_topics,
)
from tests.quality.builders import met, ref

AGE, PAY = ref("minimum-age", "age"), ref("constable-pay", "salary")
RIGHT, WRONG = met("age", "answered", AGE), met("age", "answered", PAY)
OFFERED, MISSED = met("age", "clarified", PAY, AGE), met("age", "unanswered")
FIGURES = {
    "in_scope_accuracy": 0.95,
    "auroc": 0.98,
    "accepted_in_scope_accuracy": 0.9,
    "oos_recall": 0.8,
    "train_s": 12.34,
    "ms_per_message": 3.21,
}


def quality(*judged: Judged, **changes: Any) -> Quality:
    values: dict[str, Any] = {
        "day": date(2026, 11, 21),
        "model": "signpost-1",
        "articles": 204,
        "questions": [QuestionSet("Development questions", "To develop against.", judged)],
        "public": [],
        "peers": [],
    }
    return Quality(**{**values, **changes})


def rows(text: str, heading: str) -> Mapping[str, list[str]]:
    """The rows of the first table whose first column is headed so, by their first cell."""
    lines = iter(text.splitlines())
    next(line for line in lines if line.startswith(f"| {heading} |"))
    next(lines)
    found = {}
    for line in lines:
        if not line:
            break
        first, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        found[first] = cells
    return found


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (0, 0, 0.0, 1.0)],
)
def test_the_interval_of_a_share_is_wilson_s(hits: int, n: int, low: float, high: float) -> None:
    assert wilson(hits, n) == pytest.approx((low, high), abs=1e-4)


def test_the_interval_of_an_auroc_holds_it_and_narrows_with_more_messages() -> None:
    few, many = auroc_interval(0.9, 30, 30), auroc_interval(0.9, 3000, 3000)
    assert few[0] < many[0] < 0.9 < many[1] < few[1] <= 1


def test_shares_stand_with_their_sample_size_and_interval() -> None:
    found = rows(page(quality(RIGHT, RIGHT, OFFERED, WRONG, MISSED)), "all")["all"]
    assert found == [
        "5",
        "40.0% (11.8%–76.9%)",
        "60.0% (23.1%–88.2%)",
        "20.0% (3.6%–62.4%)",
        "20.0% (3.6%–62.4%)",
    ]


def test_a_table_stands_for_each_language_kind_style_and_topic() -> None:
    french = met("salary", "answered", PAY, lang="fr", kind="forum", style="chat")
    text = page(quality(RIGHT, french, met("abuse", "answered", PAY)))
    assert set(rows(text, "language")) == {"en", "fr"}
    assert set(rows(text, "kind")) == {"forum (real)", "synthetic (written by the project)"}
    assert set(rows(text, "style")) == {"chat"}
    assert {"age", "salary"} <= set(rows(text, "topic"))
    assert rows(text, "not ours")["abuse"][0] == "1"


def test_real_questions_are_told_from_those_that_the_project_wrote() -> None:
    text = page(
        quality(RIGHT, met("age", "answered", AGE, kind="faq"), met("age", "unanswered", kind="forum"))
    )
    assert "Of 3 questions, 2 are real people's and 1 were written by the project." in text


def test_peers_stand_beside_real_and_written_questions_with_their_source() -> None:
    real = [met("age", "answered", each, kind="forum") for each in (AGE, AGE, AGE, PAY)]
    missed = met("age", "unanswered", kind="forum")
    peers = [
        Peer("Other", "Its report", "https://example.org/r", right=0.9, answered=0.88),
        Peer("Old", "A survey", right=0.92),
    ]
    found = rows(page(quality(*real, missed, RIGHT, peers=peers)), "service")
    assert found["Other"] == ["[Its report](https://example.org/r)", "90%", "88%"]
    assert found["Old"] == ["A survey", "92%", ""]
    ours = found["Signpost, development questions, real questions"]
    assert ours[0] == "measured here on 5 questions"
    assert ours[1].startswith("75.0%")
    assert ours[2].startswith("80.0%")
    assert found["Signpost, development questions, written questions"][1].startswith("100.0%")


def test_the_committed_peers_can_be_read() -> None:
    assert {peer.name: (peer.right, peer.answered) for peer in read_peers()} == {
        "GOV.UK Chat": (0.9, 0.88),
        "US Army SGT STAR": (0.92, None),
    }


@pytest.mark.parametrize(
    ("judged", "how"),
    [
        (WRONG, "answered on salary (constable-pay)"),
        (OFFERED, "offered the right article among others"),
        (met("age", "clarified", PAY), "offered salary and the like"),
        (MISSED, "unanswered"),
        (met("age", "out_of_scope", label="oos_far"), "taken for oos_far"),
        (met("age", "act", label="greet"), "taken for greet"),
    ],
)
def test_a_miss_is_named_by_what_it_was_met_with(judged: Judged, how: str) -> None:
    assert met_with(judged) == how


def test_the_reason_of_a_topic_is_its_most_frequent_confusions() -> None:
    others = [met("age", "out_of_scope", label=f"oos_{n}") for n in "abc"]
    told = reasons("age", [RIGHT, MISSED, WRONG, WRONG, WRONG, MISSED, *others])
    assert told == "3 answered on salary (constable-pay); 2 unanswered; 1 taken for oos_a; 2 met otherwise"


def test_a_topic_of_few_questions_is_not_among_the_worst() -> None:
    few = [met("tattoos_grooming", "unanswered")] * 4
    bad = [met("salary", "unanswered")] * 5
    good = [RIGHT] * 20
    assert [topic for topic, _ in worst_topics([*few, *bad, *good])] == ["salary", "age"]


def test_labels_that_are_not_ours_are_never_among_the_worst() -> None:
    assert worst_topics([met("abuse", "answered", PAY)] * 9) == []


def test_a_public_set_stands_with_its_sizes() -> None:
    found = rows(page(quality(RIGHT, public=[PublicSet("CLINC150", 4500, 1000, FIGURES)])), "set")["CLINC150"]
    assert found[:2] == ["4500", "1000"]
    assert found[2].startswith("95.0% (94.3%–95.6%)")
    assert found[3].startswith("98.0% (")
    assert found[-2:] == ["12.3 s", "3.2 ms"]


def test_a_public_set_without_outsiders_has_no_figures_on_them() -> None:
    figures = {**FIGURES, "auroc": float("nan"), "oos_recall": float("nan")}
    found = rows(page(quality(RIGHT, public=[PublicSet("BANKING77", 3080, 0, figures)])), "set")["BANKING77"]
    assert found[3] == found[5] == ""


def test_csv_files_are_named_with_their_reject_label(tmp_path: Path) -> None:
    found = public_files("BANKING77=a/train.csv:b/test.csv:none", tmp_path)
    assert found == PublicFiles("BANKING77", Path("a/train.csv"), Path("b/test.csv"), "none")


@pytest.mark.parametrize(
    "wrong", ["CLINC150", "=a.csv:b.csv:oos", "X=a.csv:b.csv", "X=a.csv::oos", "X=a.txt"]
)
def test_a_set_that_is_named_wrongly_is_refused_with_the_right_way(wrong: str, tmp_path: Path) -> None:
    with pytest.raises(NotInOrder, match="NAME=TRAIN"):
        public_files(wrong, tmp_path)


def test_clinc_s_json_becomes_two_files_and_its_validation_part_stays_unused(tmp_path: Path) -> None:
    parts = {name: [[f"a {name}, text", "label"]] for name in ("train", "val", "test")}
    parts |= {f"oos_{name}": [[f"an oos {name}", "oos"]] for name in ("train", "val", "test")}
    (tmp_path / "data_full.json").write_text(json.dumps(parts), "utf-8")
    files = public_files(f"CLINC150={tmp_path / 'data_full.json'}", tmp_path)
    assert files.reject == "oos"
    for file, name in ((files.train, "train"), (files.test, "test")):
        with file.open(encoding="utf-8", newline="") as stream:
            found = [tuple(row.values()) for row in csv.DictReader(stream)]
        assert found == [(f"a {name}, text", "label"), (f"an oos {name}", "oos")]


def test_a_json_of_another_shape_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("{}", "utf-8")
    with pytest.raises(NotInOrder, match=r"other\.json"):
        from_clinc("X", tmp_path / "other.json", tmp_path)


def test_a_public_set_that_cannot_be_measured_is_named_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("text,label\n", "utf-8")
    empty = tmp_path / "empty.csv"
    with pytest.raises(NotInOrder, match="at least one row"):
        measure_public(PublicFiles("X", empty, empty, "oos"))


def test_the_project_s_own_questions_have_a_style_and_count_as_written() -> None:
    from bot.quality import OWN_QUESTIONS
    from bot.quality_page import REAL

    questions = [each for file in OWN_QUESTIONS.rglob("*.jsonl") for each in read_questions(file)]
    assert all(each.style for each in questions)
    assert not [each for each in questions if each.kind in REAL]


def test_unseen_questions_are_nobody_s_examples() -> None:
    from bot.quality import UNSEEN_QUESTIONS
    from knowledge.articles import load_articles
    from nlu.examples import article_examples, load_acts
    from nlu.text import clean
    from settings import Settings

    taught = {
        each.text.casefold()
        for each in (*load_acts(), *article_examples(load_articles(Settings().articles_dir)))
    }
    unseen = [each for file in UNSEEN_QUESTIONS.glob("*.jsonl") for each in read_questions(file)]
    assert len(unseen) > 600
    long = [clean(each.text).casefold() for each in unseen if len(each.text.split()) > 4]
    assert not taught.intersection(long)
