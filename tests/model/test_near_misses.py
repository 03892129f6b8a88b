"""What is near our business, or none at all, is met in a way that helps the person on."""

from __future__ import annotations

import pytest

from tests.core.conversation import Person

pytestmark = pytest.mark.model


@pytest.mark.parametrize(
    "text",
    [
        "rcmp age limit",
        "toronto police hiring process",
        "how do i join peel police",
        "examens de la Sûreté du Québec",
        "quel âge pour entrer à la GRC",
    ],
)
async def test_a_question_about_another_service_is_told_so_first(text: str, person: Person) -> None:
    await person.says(text)
    assert any(
        said in person.heard
        for said in ("named another police service", "nommez un autre service", "another police service, see", "autre service de police, voyez")
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "can I apply to the RCMP and the OPP at the same time",
        "I'm a Toronto officer and want to move to the OPP",
        "is the OPP better than the RCMP",
        "puis-je postuler à la GRC et à la PPO en même temps",
    ],
)
async def test_a_question_between_services_is_simply_answered(text: str, person: Person) -> None:
    turn = await person.says(text)
    assert turn.outcome in ("answered", "clarified")
    assert "another police service" not in turn.replies[0].text
    assert "autre service de police" not in turn.replies[0].text


@pytest.mark.parametrize(
    "text",
    [
        "hola quiero ser policia, que requisitos necesito",
        "bom dia, como faço para ser policial aí",
        "kumusta, paano maging pulis",
        "mujhe police officer banna hai kya karu",
        "mainu officer banna hai",
        "wo ist die nächste infoveranstaltung für polizisten",
        "我怎么报名",
        "ਮੈਂ ਅਰਜ਼ੀ ਕਿਵੇਂ ਦੇਵਾਂ",
    ],
)
async def test_another_language_is_told_which_are_read_here(text: str, person: Person) -> None:
    turn = await person.says(text)
    assert "English and French" in person.heard
    assert turn.outcome == "unanswered"


@pytest.mark.parametrize(
    "text", ["hola, how old do I have to be to join?", "buenos dias, do I need a degree"]
)
async def test_a_word_of_another_language_does_not_hide_a_question(text: str, person: Person) -> None:
    assert (await person.says(text)).outcome in ("answered", "clarified")


@pytest.mark.parametrize(
    "text", ["jai po de diplome jpeux tu apliquer", "cest koi lage pr rentré dans la ppo"]
)
async def test_french_typed_in_haste_is_still_french(text: str, person: Person) -> None:
    turn = await person.says(text)
    assert turn.language == "fr"
    assert turn.outcome in ("answered", "clarified")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "' OR 1=1 --",
        "asdkjhasd",
        "ghjghj",
        "z",
        "😀",
        "ACAB",
        "fuck the police",
        "nique la police",
    ],
)
async def test_what_asks_nothing_gets_a_reply_and_is_not_kept_as_a_question(
    text: str, person: Person
) -> None:
    turn = await person.says(text)
    assert turn.outcome in ("act", "out_of_scope")


@pytest.mark.parametrize(
    "text",
    [
        "should I just leave it out of the form",
        "would they ever find out if I keep my mouth shut",
        "I lied on my last application, what now",
        "ils vont tu le savoir si je dis rien",
    ],
)
async def test_whoever_leans_towards_hiding_something_is_told_to_be_honest(text: str, person: Person) -> None:
    turn = await person.says(text)
    assert "background-honesty" in [each.id for each in (*turn.articles, *turn.offered)]


@pytest.mark.parametrize(
    "text",
    [
        "I'm writing a paper on police stress for my sociology class and need two officers to answer eight questions by "
        "email. Would anyone here do it?",
        "Three of us start at Depot in the fall. Which kit do they issue, and how are the barracks?",
        "I was rear-ended by a guy with no insurance and the officer never gave me a report number. Who pays?",
        "My sister's ex keeps driving past her house although the judge told him not to. Can they arrest him for it?",
        "I love chemistry and want to test evidence in a lab. How many years of school is that?",
        "Selling two used holsters and a patrol bag, shipping included.",
        "Mon voisin prend ma fille en photo par la clôture. À qui est-ce que je le dis?",
        "Je cherche un policier qui répondrait à huit questions pour mon cours de sociologie.",
    ],
)
async def test_a_post_that_is_near_our_subject_is_not_answered_from_an_article(
    text: str, person: Person
) -> None:
    assert (await person.says(text)).outcome != "answered"


@pytest.mark.parametrize(
    ("text", "articles"),
    [
        (
            "I've worked security at a mine for five years and I'm tired of it. Would that count for anything if I apply as "
            "an officer?",
            {"life-experience", "no-police-experience", "competitive-candidate"},
        ),
        (
            "Eight years with the RCMP in Alberta and my parents in Kingston are getting old. How would I move to the OPP?",
            {"experienced-officers", "experienced-officer-terms", "experienced-officer-training"},
        ),
        (
            "I'd like to see what an officer does before I apply. Can I sit in the car for a shift?",
            {"ride-along", "day-in-the-life"},
        ),
        (
            "Je suis agent correctionnel depuis quatre ans. Est-ce que ça aide pour devenir agent à la PPO?",
            {"life-experience", "competitive-candidate", "no-police-experience"},
        ),
    ],
)
async def test_its_neighbour_on_joining_keeps_its_article(
    text: str, articles: set[str], person: Person
) -> None:
    turn = await person.says(text)
    assert articles & {each.id for each in (*turn.articles, *turn.offered)}
