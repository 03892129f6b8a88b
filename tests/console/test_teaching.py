"""A recruiter tries an unanswered question as an example of an article, and publishes it when nothing gets worse."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from sqlalchemy import select

from console.trials import Change, Met, Nearer, Trial, TrialFailed, TrialTakesLong
from knowledge.store import ArticleStore, Revision
from knowledge.turns import TurnRow
from storage import Database
from tests.console.builders import ANN, Clock, Rehearsed, add_ann, add_article, ask, desk_app, sign_in

Client = TestClient[Any, Any]

ASKED = "what age for the horse unit"
WORSE = Change("how tall must I be", "en", Met("answered", ("height",)), Met("answered", ("minimum-age",)))
ITSELF = Change(ASKED, "en", Met("unanswered", ()), Met("answered", ("minimum-age",)))


@pytest.fixture
def question(database: Database) -> int:
    add_article(database)
    return ask(database, ASKED)


async def send(desk: Client, question: int, do: str = "try", **changes: str) -> tuple[int, str]:
    data = {"article": "minimum-age", "language": "en", "text": ASKED, "do": do, **changes}
    response = await desk.post(f"/desk/questions/{question}/example", data=data)
    return response.status, await response.text()


def examples(database: Database, language: str = "en") -> tuple[str, ...]:
    published = ArticleStore(database).get("minimum-age")
    assert published is not None
    return published.article.texts[language].questions


async def test_the_nearest_article_is_proposed(desk: Client, question: int) -> None:
    assert f'href="/desk/questions/{question}/example"' in await (await desk.get("/desk/questions")).text()
    page = await (await desk.get(f"/desk/questions/{question}/example")).text()
    assert '<option value="minimum-age" selected>How old must I be? (near)' in page
    assert f'value="{ASKED}"' in page
    assert "Publish this example" not in page


async def test_what_would_change_is_shown_before_it_is_live(
    desk: Client, database: Database, question: int, rehearsed: Rehearsed
) -> None:
    rehearsed.trial = Trial(120, (), (), (ITSELF,), (Nearer("maximum-age", "am I too old for horses"),))
    status, page = await send(desk, question)
    assert status == 200
    assert rehearsed.asked == [("minimum-age", "en", ASKED)]
    for part in (
        "120 known questions compared",
        "none of those whose right answer is known gets worse",
        "would then be: answered with How old must I be?.",
        "am I too old for horses",
        "Publish this example",
    ):
        assert part in page
    assert examples(database) == ("how old",)


async def test_an_example_is_published_and_its_question_handled(
    desk: Client, database: Database, question: int
) -> None:
    status, page = await send(desk, question, "publish", text=f"  --{ASKED}\n ")
    assert status == 200
    assert "Done:" in page
    assert examples(database) == ("how old", ASKED)
    with database.session() as session:
        revision = session.scalars(select(Revision).order_by(Revision.id.desc()).limit(1)).one()
        row = session.get_one(TurnRow, question)
    assert (revision.published_by, revision.note) == (ANN, f"an example from question {question}")
    assert (row.handled_by, row.handled_note) == (ANN, "Made it an example of “How old must I be?”.")


async def test_what_makes_a_known_question_worse_needs_a_reason(
    desk: Client, database: Database, question: int, rehearsed: Rehearsed
) -> None:
    rehearsed.trial = Trial(120, (WORSE,), (), (), ())
    _, page = await send(desk, question)
    assert "Publish all the same" in page
    assert "how tall must I be" in page
    status, page = await send(desk, question, "publish", reason="  ")
    assert status == 400
    assert "Not published" in page
    assert examples(database) == ("how old",)
    status, _ = await send(desk, question, "publish", reason="horses are small")
    assert examples(database) == ("how old", ASKED)
    with database.session() as session:
        revision = session.scalars(select(Revision).order_by(Revision.id.desc()).limit(1)).one()
    assert revision.note == f"an example from question {question}: horses are small"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"text": "  "}, "Please type the question"),
        ({"text": "x" * 301}, "to 300 characters"),
        ({"text": "my name is [name], how old"}, "take out what is masked"),
        ({"text": "How  OLD"}, "is an example of an article already"),
        ({"article": "nothing"}, "choose an article"),
        ({"language": "de"}, "choose an article"),
    ],
)
async def test_what_cannot_be_an_example_is_refused_before_anything_is_compared(
    desk: Client, question: int, rehearsed: Rehearsed, changes: dict[str, str], said: str
) -> None:
    for do in ("try", "publish"):
        status, page = await send(desk, question, do, **changes)
        assert status == 400
        assert said in page
    assert rehearsed.asked == []


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [(TrialFailed("no model"), 503, "nothing was published"), (TrialTakesLong(), 202, "longer than usual")],
)
async def test_what_could_not_be_compared_is_not_published(
    desk: Client,
    database: Database,
    question: int,
    rehearsed: Rehearsed,
    error: Exception,
    status: int,
    said: str,
) -> None:
    rehearsed.trial = error
    got, page = await send(desk, question, "publish", reason="I insist")
    assert got == status
    assert said in page
    assert "no model" not in page
    assert examples(database) == ("how old",)


async def test_it_is_all_in_french_too(desk: Client, database: Database, rehearsed: Rehearsed) -> None:
    add_article(database)
    question = ask(database, "quel âge pour les chevaux", language="fr")
    rehearsed.trial = Trial(3, (WORSE,), (), (), ())
    await desk.get("/desk/questions?language=fr")
    _, page = await send(desk, question, language="fr", text="quel âge pour les chevaux")
    assert "Publier quand même" in page
    assert "réponse" in page
    await send(desk, question, "publish", language="fr", text="quel âge pour les chevaux", reason="voilà")
    assert examples(database, "fr") == ("quel âge", "quel âge pour les chevaux")


async def test_only_unanswered_questions_can_be_tried(desk: Client, database: Database) -> None:
    answered = ask(database, "fine", outcome="answered")
    for number in (answered, 999_999):
        assert (await desk.get(f"/desk/questions/{number}/example")).status == 404
        assert (await desk.post(f"/desk/questions/{number}/example", data={})).status == 404


async def test_without_a_way_to_compare_nothing_of_it_is_there(
    aiohttp_client: Any, database: Database, clock: Clock, question: int
) -> None:
    add_ann(database)
    client: Client = await aiohttp_client(desk_app(database, clock))
    await sign_in(client)
    assert "/example" not in await (await client.get("/desk/questions")).text()
    assert (await client.get(f"/desk/questions/{question}/example")).status == 404
