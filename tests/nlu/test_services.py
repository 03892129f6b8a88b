"""Another police service's own affairs are told from ours by the names in nlu/data/services.yml."""

from __future__ import annotations

import pytest

from nlu.services import MOST_WORDS, names_only_others


@pytest.mark.parametrize(
    "text",
    [
        "rcmp age limit",
        "toronto police hiring process",
        "How do I join Peel Police?",
        "how do you become an officer with the York Regional Police",
        "salaire d'un policier du SPVM",
        "Sûreté du Québec examens",
        "comment devenir policier à Gatineau",
        "police d'Ottawa, quel âge",
    ],
)
def test_a_short_question_that_names_only_another_service_is_about_that_service(text: str) -> None:
    assert names_only_others(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "police age limit",
        "can i apply to the RCMP and the OPP at the same time",
        "I'm a Toronto police officer and want to move to the OPP",
        "rejected by peel police, can I try with you guys",
        "la grc m'a refusé, est-ce que ça compte chez vous",
        "can I stay in the Toronto area",
        "is there an information session in Ottawa",
        "mon dépôt de bilan",
    ],
)
def test_whatever_names_ours_or_none_is_not(text: str) -> None:
    assert not names_only_others(text)


def test_in_a_long_story_another_service_is_only_mentioned() -> None:
    story = "my cousin is with the rcmp " + "and " * MOST_WORDS + "how old must I be"
    assert not names_only_others(story)
