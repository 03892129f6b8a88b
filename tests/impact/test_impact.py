"""What a change would do is what the assistant then does; regressions, near misses and refusals."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.impact_report import as_dict, report
from bot.problems import NotInOrder
from bot.publish import harmless, withdraw_article
from bot.rehearsal import (
    Rehearsal,
    asked_questions,
    configuration,
    labelled_questions,
    with_question,
    without,
)
from knowledge.articles import Article
from knowledge.store import ArticleStore, Revision, publish
from knowledge.turns import TurnRecord, record_turn
from nlu.decide import Limits, decide_message, rank
from nlu.hybrid import Floats, HybridModel
from nlu.impact import (
    ASKED,
    LABELLED,
    Decider,
    Known,
    changes,
    known_examples,
    nearer_to_another,
)
from nlu.live import Understanding
from nlu.reading import Reading, reading_of
from settings import ROOT
from storage import Database
from tests.booking.builders import NOW
from tests.impact.builders import (
    ACTS,
    ENCODER,
    RULES,
    TODAY,
    examples_of,
    labelled,
    published,
    rehearsal,
    subject,
    subjects,
)

MISLEADING = "what salary must a recruit earn"


def _proposals() -> dict[str, Mapping[str, Article]]:
    now = subjects()
    return {
        "nothing": now,
        "an example more": with_question(now, "age", "en", "what does a salary earn"),
        "an article more": {**now, "dogs": subject("dogs", "can i wear glasses with dogs")},
        "an article fewer": without(now, "pay"),
        "an article rewritten": {**now, "vision": replace(subject("pay"), id="vision", topics=("vision",))},
        "an article on another topic": {
            **now,
            "uniform-pay": replace(now["uniform-pay"], topics=("fitness",)),
        },
        "an article past its expiry": {
            **now,
            "training": replace(now["training"], expires=date(2026, 11, 1)),
        },
    }


def _questions(articles: Mapping[str, Article]) -> tuple[Known, ...]:
    return (*labelled(), *known_examples(articles), Known(reading_of("MISSPELT salry?", "en"), ASKED))


def _scores(language: str, texts: Sequence[str], model: HybridModel) -> Floats:
    return model.scores(texts, ENCODER.encode(texts))


def _live(understanding: Understanding, question: Known) -> dict[str, Any]:
    """What the graph components decide on a message."""
    from rasa.shared.nlu.constants import TEXT
    from rasa.shared.nlu.training_data.message import Message

    from nlu.article_retriever import ArticleRetriever
    from nlu.decision import DECISION, DecisionMaker
    from nlu.hybrid_classifier import HybridClassifier
    from nlu.message_reader import MessageReader
    from nlu.sentence_encoder import ENCODE

    class Still:
        current = understanding

    message = Message({TEXT: question.text, "metadata": {"so_far": question.language}})
    MessageReader().process([message])
    message.set(ENCODE, ENCODER.encode)
    classifier = HybridClassifier(None, None, {})  # type: ignore[arg-type]  # neither is needed to process
    classifier._live = Still()  # type: ignore[assignment]
    retriever = ArticleRetriever.create({"temperature": RULES.limits.temperature}, None, None, None)
    for component in (classifier, retriever, DecisionMaker(RULES)):
        component.process([message])
    decision: dict[str, Any] = message.get(DECISION)
    return decision


def _met(decision: Mapping[str, Any]) -> tuple[object, ...]:
    served = [(each["id"], tuple(each["topics"])) for each in decision["served"]]
    offered = {each["id"] for each in decision["offered"]}
    return (
        decision["outcome"],
        decision["label"],
        tuple(served),
        frozenset(offered),
        decision["another_service"],
    )


@pytest.mark.parametrize("proposal", _proposals())
def test_what_is_shown_is_what_the_assistant_decides(
    database: Database, tmp_path: Path, proposal: str
) -> None:
    after = _proposals()[proposal]
    live = published(database, subjects())
    current, proposed = live.current, live.supposed(after)
    questions = _questions(current.articles)
    before = {question: _met(_live(current, question)) for question in questions}
    then = {question: _met(_live(proposed, question)) for question in questions}
    ready = rehearsal(database, tmp_path / "known")
    impact = ready.impact(after, NOW)
    shown = {each.question: each for each in (*impact.regressions, *impact.mended, *impact.others)}
    expected = {question for question in questions if before[question] != then[question]}
    assert {each for each in shown if each.kind != ASKED} == {each for each in expected if each.kind != ASKED}
    for question, change in shown.items():
        assert _met(change.old.as_dict()) == before[question]
        assert _met(change.new.as_dict()) == then[question]
    found = changes(current, proposed, questions, _scores, RULES, TODAY)
    assert {each.question for each in found} == expected


def test_a_proposal_is_what_a_new_fit_would_be_but_for_a_little(database: Database) -> None:
    after = _proposals()["an article more"]
    supposed = published(database, subjects()).supposed(after).model("en")
    fitted = HybridModel.fit(examples_of(after, "en"))
    texts = [question.text for question in labelled()]
    mine, new = (model.scores(texts, ENCODER.encode(texts)) for model in (supposed, fitted))
    assert supposed.classes == fitted.classes
    # The n-grams of "dogs" are new to the model that was changed, and count only after a new fit.
    assert np.abs(mine - new).mean() < 0.005
    assert (mine.argmax(axis=1) == new.argmax(axis=1)).all()


def test_what_is_supposed_leaves_what_is_live_alone(database: Database) -> None:
    live = published(database, subjects())
    before = live.current
    live.supposed(without(subjects(), "pay"))
    assert live.current is before
    assert not live.refresh()


_LABELS = tuple(sorted([*subjects(), *ACTS]))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.integers(0, 100), min_size=len(_LABELS), max_size=len(_LABELS)),
    st.sampled_from([0.01, 0.05, 0.2]),
    st.sampled_from([None, "age", "pay"]),
    st.booleans(),
)
def test_what_is_sure_is_what_would_be_decided(
    heights: list[int], temperature: float, gone: str | None, elsewhere: bool
) -> None:
    articles = subjects()
    if gone:
        articles[gone] = replace(articles[gone], expires=date(2026, 1, 1))
    rules = replace(RULES, limits=Limits(temperature=temperature))
    decider = Decider(Understanding(1, articles, {"en": _model()}), "en", rules, TODAY)
    row = np.array(heights, np.float32) / 100
    question = Known(Reading("a question", "en", elsewhere=elsewhere), LABELLED)
    urgent = max(float(row[_LABELS.index(label)]) for label in ("oos_emergency", "oos_crisis"))
    ranking = rank(articles, _LABELS, row, temperature)
    decision = decide_message(ranking, [], urgent, rules, decider.withheld, elsewhere)
    heights = decider.heights([question], [[0]], row[None])
    (sure,) = decider.sure([question], heights)
    assert sure in ("", decide_message(ranking, [], urgent, rules, decider.withheld).label)
    (decided,) = decider.decide([question], heights)
    assert _met(decided.as_dict()) == _met(decision.as_dict())


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(_LABELS), min_size=3, max_size=4),
    st.lists(st.integers(20, 100), min_size=4, max_size=4),
    st.sampled_from([0.01, 0.05, 0.1]),
)
def test_a_message_of_several_questions_is_sure_only_of_what_would_be_decided(
    meant: list[str], heights: list[int], temperature: float
) -> None:
    rules = replace(RULES, limits=Limits(temperature=temperature))
    decider = Decider(Understanding(1, subjects(), {"en": _model()}), "en", rules, TODAY)
    rows = np.zeros((len(meant), len(_LABELS)), np.float32)
    for row, label, height in zip(rows, meant, heights, strict=False):
        row[_LABELS.index(label)] = height / 100
    parts = tuple(f"question {n}?" for n in range(len(meant) - 1))
    question = Known(Reading(" ".join(parts), "en", parts, (True,) * len(parts)), LABELLED)
    found = decider.heights([question], [list(range(len(rows)))], rows)
    (sure,) = decider.sure([question], found)
    (decided,) = decider.decide([question], found)
    assert sure in ("", decided.label)
    assert not sure or len(decided.served) < 2


@cache
def _model() -> HybridModel:
    model = HybridModel.fit(examples_of(subjects(), "en"))
    assert model.classes == _LABELS
    return model


def test_a_language_that_nothing_changes_in_is_not_scored(database: Database) -> None:
    live = published(database, subjects())
    proposed = live.supposed(with_question(subjects(), "age", "en", MISLEADING))
    scored: list[str] = []

    def scores(language: str, texts: Sequence[str], model: HybridModel) -> Floats:
        scored.append(language)
        return _scores(language, texts, model)

    changes(live.current, proposed, _questions(live.current.articles), scores, RULES, TODAY)
    assert set(scored) == {"en"}


def _worse() -> dict[str, Article]:
    """Examples of another article's words, as a well-meaning person might add them."""
    words = ("how old must you be", "how old must you be then", "must you be old", "how old")
    return {**subjects(), "dogs": subject("dogs", *words)}


def test_a_labelled_question_that_gets_worse_is_a_regression(database: Database, tmp_path: Path) -> None:
    impact = rehearsal(database, tmp_path / "known").impact(_worse(), NOW)
    assert "how old must you be" in {each.question.text for each in impact.regressions}
    assert all(each.question.kind == LABELLED for each in impact.regressions)
    assert impact.compared == {LABELLED: 19, "example": 132}


def test_a_labelled_question_that_gets_better_is_told_apart(database: Database, tmp_path: Path) -> None:
    ready = rehearsal(database, tmp_path / "known", _worse())
    impact = ready.impact(subjects(), NOW)
    assert "how old must you be" in {each.question.text for each in impact.mended}
    assert not impact.regressions


def test_a_withdrawn_article_s_own_questions_are_shown(database: Database, tmp_path: Path) -> None:
    ready = rehearsal(database, tmp_path / "known")
    impact = ready.impact(without(ready.articles, "vision"), NOW)
    lost = [each.question for each in impact.others if each.question.article == "vision"]
    assert {each.text for each in lost} >= {"may i wear glasses on patrol?", "puis je porter des lunettes?"}


def test_a_proposed_example_that_is_another_article_s_is_named(database: Database) -> None:
    live = published(database, subjects())
    proposed = live.supposed(with_question(subjects(), "age", "en", "what salary does a recruit earn"))
    (nearer,) = nearer_to_another(live.current, proposed)
    assert (nearer.example.label, nearer.other) == ("age", "pay")
    assert nearer.other_text.startswith("what salary does a constable earn")
    assert nearer.other_similarity > nearer.own_similarity


def test_a_proposed_example_among_its_own_is_not(database: Database) -> None:
    live = published(database, subjects())
    proposed = live.supposed(with_question(subjects(), "age", "en", "how old must a recruit be at least"))
    assert nearer_to_another(live.current, proposed) == ()


def _ask(database: Database, text: str, decision: Mapping[str, Any], times: int = 1) -> None:
    with database.session() as session:
        for _ in range(times):
            turn = TurnRecord("web:1", "web", "en", text, "answered", "ask", decision, [], 1.0)
            record_turn(session.connection(), turn, NOW)


def test_what_people_asked_is_watched_each_wording_once_and_no_button(database: Database) -> None:
    _ask(database, "the oldest", {"outcome": "answered"})
    _ask(database, "how old?", {"outcome": "answered"}, times=3)
    _ask(database, "More about pay", {})
    with database.session() as session:
        asked = asked_questions(session, most=3)
        every = asked_questions(session)
    assert [(each.text, each.times) for each in asked] == [("how old?", 3)]
    assert [(each.text, each.kind) for each in every] == [("how old?", ASKED), ("the oldest", ASKED)]


def test_a_question_just_asked_is_watched_from_then_on(database: Database, tmp_path: Path) -> None:
    ready = rehearsal(database, tmp_path / "known")
    ready.prepare()
    _ask(database, "glasses on patrol at dusk", {"outcome": "answered"}, times=2)
    impact = ready.impact(without(ready.articles, "vision"), NOW)
    (asked,) = [each.question for each in impact.others if each.question.kind == ASKED]
    assert (asked.text, asked.times) == ("glasses on patrol at dusk", 2)


def _published(database: Database, article_id: str) -> list[Revision]:
    with database.session() as session:
        return list(session.query(Revision).filter_by(article_id=article_id).order_by(Revision.number))


def _ready(ready: Rehearsal) -> Any:
    def rehearsing(database: Database) -> AbstractContextManager[Rehearsal]:
        return nullcontext(ready)

    return rehearsing


def test_a_regression_is_refused_unless_there_is_a_reason(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ready = _ready(rehearsal(database, tmp_path / "known"))
    article = _worse()["dogs"]
    after = {**subjects(), "dogs": article}
    assert not harmless(database, after, None, ready)
    said = capsys.readouterr().err
    assert "REGRESSIONS" in said
    assert "how old must you be" in said
    assert "--despite" in said
    assert harmless(database, after, "the dogs matter more", ready)


def test_the_reason_is_kept_with_the_revision(database: Database) -> None:
    published(database, subjects())
    with database.session() as session:
        publish(session, _worse()["dogs"], "someone", NOW, "the dogs matter more")
    withdraw_article(database, "pay", "someone", NOW, "told elsewhere")
    assert [each.note for each in _published(database, "dogs")] == ["the dogs matter more"]
    assert [each.note for each in _published(database, "pay")] == [None, "told elsewhere"]
    assert ArticleStore(database).get("dogs") is not None


def test_a_withdrawal_that_leaves_a_labelled_question_without_answer_is_refused(
    database: Database, tmp_path: Path
) -> None:
    ready = _ready(rehearsal(database, tmp_path / "known"))
    assert not harmless(database, without(subjects(), "vision"), None, ready)


def test_a_new_answer_to_the_same_questions_needs_no_look(database: Database) -> None:
    published(database, subjects())
    article = subject("age")
    mended = replace(
        article, texts={**article.texts, "en": replace(article.texts["en"], answer="At least 18.")}
    )

    def never(database: Database) -> AbstractContextManager[Rehearsal]:
        raise AssertionError("nothing that is understood changes")

    assert harmless(database, {**subjects(), "age": mended}, None, never)


def test_the_report_names_what_got_worse_first(database: Database, tmp_path: Path) -> None:
    impact = rehearsal(database, tmp_path / "known").impact(_worse(), NOW)
    text = report(impact)
    assert text.startswith("REGRESSIONS")
    assert "answered age → " in text
    assert "known questions (132 example, 19 labelled)" in text


def test_the_report_for_programs_is_json(database: Database, tmp_path: Path) -> None:
    impact = rehearsal(database, tmp_path / "known").impact(_worse(), NOW)
    told = json.loads(json.dumps(as_dict(impact)))
    worse = next(each for each in told["regressions"] if each["text"] == "how old must you be")
    assert worse["labels"] == ["age"]
    assert (worse["old"]["verdict"], worse["old"]["served"]) == ("right", ["age"])
    assert worse["new"]["verdict"] not in ("right", "left")


def test_what_is_not_there_cannot_be_changed() -> None:
    with pytest.raises(NotInOrder, match="no such article"):
        with_question(subjects(), "nothing", "en", "what")
    with pytest.raises(NotInOrder, match="no text in 'de'"):
        with_question(subjects(), "age", "de", "wie alt")
    with pytest.raises(NotInOrder, match="no such article"):
        without(subjects(), "nothing")


def test_limits_and_shapes_are_those_of_the_configuration() -> None:
    shapes, rules = configuration(ROOT / "config.yml")
    limits, text = rules.limits, (ROOT / "config.yml").read_text("utf-8")
    assert f"answer: {limits.answer}" in text
    assert f"&temperature {limits.temperature}" in text
    assert f"after_crisis: {rules.after_crisis}" in text
    assert all(subject in text for subject in rules.between_services)
    assert f"en: {{meaning: {shapes['en'].meaning}, alpha: {shapes['en'].alpha}" in text


def test_the_project_s_own_labelled_questions_are_watched() -> None:
    found = labelled_questions()
    assert len(found) >= 1200
    assert {each.language for each in found} == {"en", "fr"}
