"""Each way to meet a message, by rankings made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from nlu.decide import (
    ACT,
    AGAIN,
    AKIN,
    ALONE,
    ANSWERED,
    ASKED,
    ASPECT,
    CLARIFIED,
    CONTEXT,
    ELSEWHERE,
    EMPTY,
    HINT,
    ITSELF,
    LEAST_SHARE,
    OOS,
    OTHER_EMPLOYER,
    PLAIN,
    RELATED,
    SAID,
    STORY,
    UNANSWERED,
    Candidate,
    Decision,
    Heights,
    Limits,
    Ranking,
    Rules,
    at_most_offered,
    decide,
    decide_message,
    lean,
    lean_on_aspect,
    neighbourhood,
    offers,
    rank,
    weigh,
    without_words,
)
from nlu.hybrid import Floats
from tests.knowledge.builders import article

LIMITS = Limits(
    temperature=0.1, answer=0.42, several=0.6, clear=0.4, offer=0.05, far=0.8, contest=0.15, urgent=0.45
)
RULES = Rules(LIMITS, after_crisis="history", between_services=frozenset({"several"}))


def candidate(id: str, belief: float, topic: str = "") -> Candidate:
    return Candidate(id, (topic or id,), belief, belief)


def ranking(*articles: Candidate, **others: float) -> Ranking:
    return Ranking(articles, tuple(sorted(others.items(), key=lambda pair: -pair[1])))


def ids(candidates: Sequence[Candidate]) -> list[str]:
    return [each.id for each in candidates]


def decided(given: Ranking, urgent: float = 0.0, withheld: frozenset[str] = frozenset()) -> Decision:
    return decide(given, urgent, LIMITS, withheld)


def test_a_sure_article_answers() -> None:
    decision = decided(ranking(candidate("age", 0.8), candidate("pay", 0.1), greet=0.05, oos_far=0.05))
    assert (decision.outcome, decision.label, ids(decision.served)) == (ANSWERED, "age", ["age"])
    assert decision.as_dict()["article"] == "age"


def test_near_articles_are_offered() -> None:
    decision = decided(ranking(candidate("age", 0.3), candidate("pay", 0.25), greet=0.2, oos_far=0.1))
    assert (decision.outcome, ids(decision.offered)) == (CLARIFIED, ["age", "pay"])
    assert decision.served == ()
    assert decision.as_dict()["article"] is None


def test_what_is_like_nothing_is_unanswered() -> None:
    assert decided(ranking(candidate("age", 0.04), oos_far=0.03)).outcome == UNANSWERED
    assert decided(ranking()).outcome == UNANSWERED


def test_an_act_that_is_likelier_than_every_article_is_that_act() -> None:
    decision = decided(ranking(candidate("age", 0.3), greet=0.5, oos_far=0.1))
    assert (decision.outcome, decision.label) == (ACT, "greet")


def test_kinds_out_of_scope_count_together_and_the_likeliest_names_the_reply() -> None:
    decision = decided(ranking(candidate("age", 0.1), greet=0.3, oos_ticket=0.2, oos_complaint=0.25))
    assert (decision.outcome, decision.label) == (OOS, "oos_complaint")


@pytest.mark.parametrize(("belief", "outcome"), [(0.79, UNANSWERED), (0.81, OOS)])
def test_what_is_like_nothing_of_ours_is_kept_until_it_is_surely_of_another_world(
    belief: float, outcome: str
) -> None:
    assert decided(ranking(candidate("age", 0.1), oos_far=belief)).outcome == outcome
    assert decided(ranking(candidate("age", 0.1), oos_ticket=belief)).outcome == OOS


def test_an_act_that_hardly_anything_speaks_for_is_none() -> None:
    assert decided(ranking(candidate("age", 0.01), greet=LIMITS.offer - 0.01)).outcome == UNANSWERED


def test_out_of_scope_that_an_article_contests_is_clarified_not_refused() -> None:
    decision = decided(ranking(candidate("age", 0.3), candidate("pay", 0.1), oos_ticket=0.6))
    assert (decision.outcome, ids(decision.offered)) == (CLARIFIED, ["age", "pay"])


@pytest.mark.parametrize("kind", ["oos_crisis", "oos_emergency"])
def test_what_is_urgent_comes_first_whatever_else_is_said(kind: str) -> None:
    said = ranking(candidate("age", 0.97), **{"greet": 0.01, "oos_far": 0.01, kind: 0.005})
    questions = [ranking(candidate("age", 0.9)), ranking(candidate("pay", 0.9))]
    for decision in (decided(said, urgent=0.5), decide_message(said, questions, 0.5, RULES)):
        assert (decision.outcome, decision.label, decision.served) == (OOS, kind, ())


def test_less_than_urgent_changes_nothing() -> None:
    said = ranking(candidate("age", 0.97), oos_crisis=0.01)
    assert decided(said, urgent=LIMITS.urgent - 0.01).outcome == ANSWERED


def test_a_withheld_article_ends_unanswered_and_its_neighbour_does_not_answer_for_it() -> None:
    said = ranking(candidate("old-rule", 0.8, "rule"), candidate("new-rule", 0.8, "rule"))
    decision = decided(said, withheld=frozenset({"old-rule"}))
    assert (decision.outcome, ids(decision.withheld)) == (UNANSWERED, ["old-rule"])
    assert decided(said, withheld=frozenset({"new-rule"})).label == "old-rule"


def test_a_withheld_article_is_never_offered() -> None:
    said = ranking(candidate("age", 0.3), candidate("old-rule", 0.2), candidate("pay", 0.1))
    assert ids(decided(said, withheld=frozenset({"old-rule"})).offered) == ["age", "pay"]


def test_offers_are_at_most_three_and_on_distinct_subjects() -> None:
    near = [candidate("minimum-age", 0.3, "age"), candidate("maximum-age", 0.2, "age"),
            candidate("pay", 0.1), candidate("vision", 0.1), candidate("hearing", 0.05)]  # fmt: skip
    assert ids(offers(near)) == ["minimum-age", "pay", "vision"]
    assert ids(offers(near[:2])) == ["minimum-age"]
    assert offers([]) == ()


def test_several_questions_are_answered_in_the_order_asked_at_most_three() -> None:
    whole = ranking(candidate("pay", 0.5), candidate("age", 0.4))
    asked = ["age", "pay", "vision", "hearing"]
    questions = [ranking(candidate(id, 0.9)) for id in asked]
    decision = decide_message(whole, questions, 0.0, RULES)
    assert decision.outcome == ANSWERED
    assert ids(decision.served) == ["age", "pay", "vision"]
    assert decision.label == "age"


def test_two_questions_on_one_subject_get_one_answer() -> None:
    whole = ranking(candidate("pay", 0.9))
    questions = [ranking(candidate("pay", 0.9)), ranking(candidate("raises", 0.9, "pay"))]
    assert ids(decide_message(whole, questions, 0.0, RULES).served) == ["pay"]


def test_one_of_several_questions_is_answered_only_where_it_is_sure() -> None:
    whole = ranking(candidate("pay", 0.9))
    doubtful = ranking(candidate("age", LIMITS.several - 0.01))
    assert ids(decide_message(whole, [ranking(candidate("pay", 0.9)), doubtful], 0.0, RULES).served) == [
        "pay"
    ]


def test_a_withheld_article_among_several_answers_is_told_of_and_the_others_answer() -> None:
    questions = [ranking(candidate(id, 0.9)) for id in ("age", "old-rule", "pay")]
    decision = decide_message(ranking(candidate("age", 0.5)), questions, 0.0, RULES, {"old-rule"})
    assert (ids(decision.served), ids(decision.withheld)) == (["age", "pay"], ["old-rule"])
    assert decision.as_dict()["withheld"] == [candidate("old-rule", 0.9).as_dict()]


def test_where_only_withheld_articles_would_answer_nothing_does() -> None:
    questions = [ranking(candidate(id, 0.9)) for id in ("old-rule", "older-rule")]
    whole = ranking(candidate("old-rule", 0.9))
    decision = decide_message(whole, questions, 0.0, RULES, {"old-rule", "older-rule"})
    assert (decision.outcome, decision.served) == (UNANSWERED, ())


@pytest.mark.parametrize("around", ["oos_far", "oos_ticket", "greet", "nothing"])
def test_plain_questions_are_answered_whatever_the_story_around_them(around: str) -> None:
    questions = [ranking(candidate(id, 0.9)) for id in ("age", "pay")]
    whole = ranking(candidate("age", 0.01), **({around: 0.95} if around != "nothing" else {}))
    assert ids(decide_message(whole, questions, 0.0, RULES).served) == ["age", "pay"]


def test_questions_that_are_not_plain_do_not_make_ours_what_is_out_of_scope() -> None:
    faint = [ranking(Candidate(id, (id,), PLAIN - 0.01, 0.9)) for id in ("age", "pay")]
    assert decide_message(ranking(candidate("age", 0.1), oos_ticket=0.8), faint, 0.0, RULES).outcome == OOS


def test_one_plain_question_does_not_make_ours_what_is_out_of_scope() -> None:
    questions = [ranking(candidate("age", 0.9)), ranking(oos_ticket=0.9)]
    whole = ranking(candidate("age", 0.1), oos_ticket=0.8)
    assert decide_message(whole, questions, 0.0, RULES).outcome == OOS


def test_one_of_several_questions_is_answered_only_where_it_is_near_an_example() -> None:
    whole = ranking(candidate("pay", 0.9))
    near = [ranking(candidate("pay", 0.9)), ranking(Candidate("age", ("age",), LIMITS.clear, 0.9))]
    afar = [ranking(candidate("pay", 0.9)), ranking(Candidate("age", ("age",), LIMITS.clear - 0.01, 0.9))]
    assert ids(decide_message(whole, near, 0.0, RULES).served) == ["pay", "age"]
    assert ids(decide_message(whole, afar, 0.0, RULES).served) == ["pay"]


def test_articles_on_one_subject_are_near_together() -> None:
    shared = [Candidate("pay", ("salary",), 0.25, 0.9), Candidate("raises", ("salary",), 0.2, 0.9)]
    questions = [ranking(candidate("age", 0.9)), ranking(*shared)]
    assert ids(decide_message(ranking(candidate("age", 0.9)), questions, 0.0, RULES).served) == [
        "age",
        "pay",
    ]


PAST = Candidate("past-crisis", ("history",), 0.3, 0.3)


def test_help_in_a_crisis_is_followed_by_what_is_known_of_a_past_one() -> None:
    said = ranking(PAST, candidate("age", 0.1), oos_crisis=0.5)
    decision = decide_message(said, [], 0.5, RULES)
    assert (decision.outcome, decision.label, ids(decision.served)) == (OOS, "oos_crisis", ["past-crisis"])
    assert decide_message(said, [], 0.5, Rules(LIMITS)).served == ()
    assert decide_message(said, [], 0.5, RULES, {"past-crisis"}).served == ()


def test_help_in_a_crisis_is_followed_by_nothing_else() -> None:
    unsure = ranking(PAST, candidate("age", 0.1), oos_crisis=0.1, greet=0.5)
    other = ranking(candidate("age", 0.9), PAST, oos_crisis=0.05)
    for said in (unsure, other):
        assert decide_message(said, [], 0.5, RULES).served == ()
    emergency = ranking(PAST, oos_emergency=0.5)
    assert decide_message(emergency, [], 0.5, RULES).served == ()


@pytest.mark.parametrize(
    ("signs", "outcome", "label"), [(".", ACT, EMPTY), ("👮🔥", ACT, EMPTY), ("2", UNANSWERED, "")]
)
def test_signs_say_nothing_and_a_number_is_left_to_who_showed_a_list(
    signs: str, outcome: str, label: str
) -> None:
    decision = without_words(signs, ranking(candidate("age", 0.9), affirm=0.05))
    assert (decision.outcome, decision.label) == (outcome, label)


def test_near_the_article_answered_last_are_those_related_and_those_akin() -> None:
    articles = {
        "test": article("test", topics=("fitness",), related=("training",)),
        "training": article("training", topics=("preparation",)),
        "age": article("age", topics=("age", "fitness")),
        "failed": article("failed", topics=("again",), related=("test",)),
        "pay": article("pay", topics=("salary",)),
    }
    assert neighbourhood(articles, "test") == {"training": RELATED, "age": AKIN, "failed": AKIN}
    assert neighbourhood(articles, "gone") == {}


def test_articles_on_one_subject_lend_it_their_belief() -> None:
    articles = {
        "minimum-age": article("minimum-age", topics=("age",)),
        "maximum-age": article("maximum-age", topics=("age",)),
        "pay": article("pay", topics=("salary",)),
    }
    labels = ("minimum-age", "maximum-age", "pay", "greet")
    found = rank(articles, labels, np.array([0.52, 0.5, 0.54, 0.0], np.float32), temperature=0.1)
    beliefs = {each.id: each.belief for each in found.articles}
    assert ids(found.articles) == ["minimum-age", "maximum-age", "pay"]
    assert beliefs["minimum-age"] == beliefs["maximum-age"] > beliefs["pay"]
    assert dict(found.others).keys() == {"greet"}
    assert beliefs["minimum-age"] + beliefs["pay"] + found.others[0][1] == pytest.approx(1, abs=1e-5)


def test_an_article_that_the_classifier_does_not_know_yet_is_not_ranked() -> None:
    found = rank({"new": article("new")}, ("greet",), np.array([0.3], np.float32), temperature=0.1)
    assert found.articles == ()


LABELS = ("age", "pay", "oos_crisis")


def rows(*each: tuple[float, float, float]) -> Floats:
    return np.array(each, np.float32)


def test_a_message_of_one_part_weighs_as_it_is() -> None:
    heights = weigh(LABELS, rows((0.5, 0.2, 0.1)), [])
    np.testing.assert_allclose(heights.message, [0.5, 0.2, 0.1])
    assert len(heights.questions) == 0
    assert heights.urgent == pytest.approx(0.1)


def test_the_parts_that_ask_and_what_is_said_weigh_beside_the_whole() -> None:
    whole, story, question = (0.4, 0.2, 0.0), (0.3, 0.0, 0.0), (0.0, 0.4, 0.0)
    heights = weigh(LABELS, rows(whole, story, question), [False, True])
    rest = 1 - ASKED - SAID
    assert heights.message.tolist() == pytest.approx(
        [STORY * (rest * 0.4 + SAID * 0.3), STORY * (rest * 0.2 + (ASKED + SAID) * 0.4), 0.0], abs=1e-6
    )
    assert len(heights.questions) == 0, "one question is the message itself"


def test_where_no_part_asks_every_part_counts() -> None:
    heights = weigh(LABELS, rows((0.4, 0.2, 0.0), (0.3, 0.0, 0.0), (0.0, 0.4, 0.0)), [False, False])
    rest, parts = 1 - ASKED - SAID, ASKED + SAID
    np.testing.assert_allclose(
        heights.message[:2],
        [STORY * (rest * 0.4 + parts * 0.3), STORY * (rest * 0.2 + parts * 0.4)],
        atol=1e-6,
    )
    assert len(heights.questions) == 0


def test_a_sentence_that_is_nearly_an_example_asks_whatever_its_form() -> None:
    booking, question = (PLAIN, 0.0, 0.0), (0.0, 0.4, 0.0)
    heights = weigh(LABELS, rows((0.4, 0.2, 0.0), booking, question), [False, True])
    np.testing.assert_allclose(heights.questions, rows(booking, question))


def test_each_of_several_questions_keeps_its_own_row() -> None:
    asked = rows((0.4, 0.2, 0.0), (0.9, 0.0, 0.0), (0.0, 0.3, 0.0), (0.1, 0.1, 0.0))
    heights = weigh(LABELS, asked, [True, True, False])
    np.testing.assert_allclose(heights.questions, asked[1:3])


@pytest.mark.parametrize(("share", "counts"), [(1.0, 1.0), (0.0, LEAST_SHARE)])
def test_what_is_near_the_answer_is_brought_out_as_far_as_the_message_speaks_of_it(
    share: float, counts: float
) -> None:
    said = Heights(LABELS, np.array([0.2, 0.2, 0.1], np.float32), rows((0.5, 0.1, 0.0)), 0.1)
    found = lean(said, np.array([0.9, 0.7, 0.6], np.float32), {"pay": RELATED}, "age", share)
    alone, again = (1 - counts * ALONE) * 0.2, AGAIN * share
    np.testing.assert_allclose(
        found.message,
        [alone + again, alone + counts * (CONTEXT * 0.7 + RELATED), (1 - counts * ALONE) * 0.1],
        atol=1e-6,
    )
    np.testing.assert_allclose(found.questions, [[0.5 + again, 0.1 + counts * RELATED, 0.0]], atol=1e-6)
    assert found.urgent == said.urgent


NEAR = {"pay": RELATED}
BARE = Heights(("age", "pay", "far"), np.array([0.2, 0.1, 0.5], np.float32), rows((0, 0, 0))[:0], 0.1)
READ = np.array([0.9, 0.2, 0.1], np.float32)


def _leaned(weights: dict[str, float], subject: bool = False) -> Heights:
    return lean_on_aspect(BARE, READ, NEAR, "age", weights, subject)


def test_what_is_about_the_aspect_asked_is_brought_out_and_all_else_falls_back() -> None:
    found = _leaned({"age": 0.0, "pay": 1.0})
    pay = HINT * 0.1 + CONTEXT * 0.2 + RELATED * (1 + ASPECT)
    np.testing.assert_allclose(found.message, [ELSEWHERE * 0.2, pay, ELSEWHERE * 0.5], atol=1e-6)
    assert not found.unclear


def test_the_article_answered_may_tell_of_the_aspect_itself() -> None:
    found = _leaned({"age": 1.0, "pay": 0.0})
    assert found.message[0] == pytest.approx(HINT * 0.2 + 2 * ITSELF)
    assert found.message.argmax() == 0


def test_an_aspect_that_none_tells_of_is_unclear_unless_it_is_a_subject_itself() -> None:
    nothing = {"age": 0.0, "pay": 0.0}
    unclear = _leaned(nothing)
    assert unclear.unclear
    np.testing.assert_array_equal(unclear.message, lean(BARE, READ, NEAR, "age", 1.0).message)
    assert _leaned(nothing, subject=True) is BARE


def test_what_is_unclear_is_offered_and_not_answered() -> None:
    sure = decided(ranking(candidate("age", 0.9), candidate("pay", 0.05)))
    unclear = at_most_offered(sure)
    assert (unclear.outcome, unclear.label, unclear.served) == (CLARIFIED, "", ())
    assert ids(unclear.offered) == ["age", "pay"]
    assert ids(at_most_offered(sure, {"age"}).offered) == ["pay"]
    greeting = decided(ranking(candidate("age", 0.1), greet=0.8))
    assert at_most_offered(greeting) is greeting


def test_what_is_urgent_is_read_in_every_part() -> None:
    said = rows((0.5, 0.1, 0.2), (0.5, 0.1, 0.0), (0.0, 0.0, 0.7))
    assert weigh(LABELS, said, [True, False]).urgent == pytest.approx(0.7)


def elsewhere(said: Ranking) -> Decision:
    return decide_message(said, [], 0.0, RULES, elsewhere=True)


def test_what_nothing_of_ours_answers_is_another_services_to_answer() -> None:
    for unknown in (ranking(candidate("age", 0.01)), ranking(candidate("age", 0.01), oos_far=0.9)):
        found = elsewhere(unknown)
        assert (found.outcome, found.label, found.another_service) == (OOS, OTHER_EMPLOYER, True)


def test_what_ours_answers_stays_answered_though_another_service_is_named() -> None:
    for known in (ranking(candidate("age", 0.9)), ranking(oos_ticket=0.9)):
        assert elsewhere(known) == replace(decided(known), another_service=True)


def test_an_article_on_ours_and_others_together_is_no_answer_on_another_service() -> None:
    assert not elsewhere(ranking(candidate("two-at-once", 0.9, "several"))).another_service
