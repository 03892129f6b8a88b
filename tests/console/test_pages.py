"""What a recruiter sees: questions with their nearest articles, what was done about them, the articles."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from aiohttp.test_utils import TestClient

from knowledge.turns import TurnRow, erase_sender
from storage import Base, Database
from tests.console.builders import ANN, NOW, Clock, add_ann, add_article, ask, sign_in

Client = TestClient[Any, Any]


async def _text(client: Client, path: str = "/desk/questions", **headers: str) -> str:
    response = await client.get(path, headers=headers)
    assert response.status == 200
    return str(await response.text())


def _numbers(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'id="q(\d+)"', page)]


async def test_a_question_shows_when_where_and_what_came_near(desk: Client, database: Database) -> None:
    add_article(database)
    ask(database, "is there a horse unit?", NOW - timedelta(hours=2), channel="telegram", language="fr")
    page = await _text(desk)
    for part in (
        "is there a horse unit?",
        "Today",
        "06:00",
        "Telegram",
        "French",
        "How old must I be?",
        "0.43",
    ):
        assert part in page
    assert 'href="/desk/articles/minimum-age"' in page


async def test_the_newest_question_is_first(desk: Client, database: Database) -> None:
    old = ask(database, "old", NOW - timedelta(days=3))
    new = ask(database, "new", NOW - timedelta(days=1))
    page = await _text(desk)
    assert _numbers(page) == [new, old]
    assert page.index("Yesterday") < page.index("18 November 2026")


async def test_only_what_was_unanswered_is_listed(desk: Client, database: Database) -> None:
    ask(database, "answered already", outcome="answered")
    assert "Nothing is waiting" in await _text(desk)


async def test_what_a_prospect_typed_cannot_become_mark_up(desk: Client, database: Database) -> None:
    ask(database, "<script>alert(1)</script><img src=x onerror=alert(1)>")
    page = await _text(desk)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


async def test_a_turn_without_scores_or_with_a_withdrawn_article_is_shown(
    desk: Client, database: Database
) -> None:
    ask(database, "pressed a button", decision={})
    ask(database, "its article is gone", decision={"articles": [{"id": "gone", "topics": [], "score": 0.2}]})
    page = await _text(desk)
    assert "No article came near" in page
    assert "gone (withdrawn)" in page


async def test_handled_keeps_who_when_and_the_note(desk: Client, database: Database, clock: Clock) -> None:
    question = ask(database, "is there a horse unit?")
    clock.move(minutes=5)
    response = await desk.post(f"/desk/questions/{question}/handled", data={"note": "Wrote to <them>."})
    assert "Done:" in await response.text()
    assert _numbers(await _text(desk)) == []
    page = await _text(desk, "/desk/questions/handled")
    for part in (
        "is there a horse unit?",
        "Wrote to &lt;them&gt;.",
        f"Handled by {ANN}",
        "21 November 2026, 08:05",
    ):
        assert part in page


async def test_a_note_is_asked_for(desk: Client, database: Database) -> None:
    question = ask(database, "is there a horse unit?")
    response = await desk.post(f"/desk/questions/{question}/handled", data={"note": "  "})
    assert response.status == 400
    assert "Please say what you did" in await response.text()
    assert _numbers(await _text(desk)) == [question]


async def test_the_second_of_two_recruiters_is_told_who_was_first(
    desk: Client, database: Database, aiohttp_client: Any
) -> None:
    question = ask(database, "is there a horse unit?")
    await desk.post(f"/desk/questions/{question}/handled", data={"note": "mine"})
    add_ann(database, "bob@example.org")
    await desk.post("/desk/sign-out")
    await sign_in(desk, "bob@example.org")
    response = await desk.post(f"/desk/questions/{question}/handled", data={"note": "too late"})
    assert f"{ANN} had handled that question before you" in await response.text()
    assert "too late" not in await _text(desk, "/desk/questions/handled")


async def test_handled_is_undone_and_the_note_stays_to_go_on_from(desk: Client, database: Database) -> None:
    question = ask(database, "is there a horse unit?")
    page = await (await desk.post(f"/desk/questions/{question}/handled", data={"note": "Wrote."})).text()
    action, moment = _undo(page)
    page = await (await desk.post(action, data={"handled_at": moment})).text()
    assert f"Question {question} is under To do again" in page
    assert 'value="Wrote."' in page
    assert _numbers(await _text(desk, "/desk/questions/handled")) == []


async def test_only_the_handling_that_was_shown_is_undone(
    desk: Client, database: Database, clock: Clock
) -> None:
    question = ask(database, "is there a horse unit?")
    await desk.post(f"/desk/questions/{question}/handled", data={"note": "first"})
    action, moment = _undo(await _text(desk, "/desk/questions/handled"))
    await desk.post(action, data={"handled_at": moment})
    clock.move(minutes=1)
    await desk.post(f"/desk/questions/{question}/handled", data={"note": "second"})
    for stale in (moment, "", "never", "2026-11-21T13:00:00"):
        await desk.post(action, data={"handled_at": stale})
    assert "second" in await _text(desk, "/desk/questions/handled")
    assert (await desk.post("/desk/questions/999/reopened", data={})).status == 404


def _undo(page: str) -> tuple[str, str]:
    """The address and the hidden field of the first form that undoes."""
    action = re.search(r'action="(/desk/questions/\d+/reopened)"', page)
    moment = re.search(r'name="handled_at" value="([^"]+)"', page)
    assert action is not None
    assert moment is not None
    return action[1], moment[1]


async def test_a_question_that_does_not_exist_is_not_found(desk: Client, database: Database) -> None:
    answered = ask(database, "fine", outcome="answered")
    for number in (answered, 999_999):
        response = await desk.post(f"/desk/questions/{number}/handled", data={"note": "x"})
        assert response.status == 404


async def test_many_questions_come_in_pages_that_hold_each_once(desk: Client, database: Database) -> None:
    numbers = [ask(database, f"question {number}") for number in range(45)]
    seen: list[int] = []
    path: str | None = "/desk/questions"
    pages = []
    while path:
        page = await _text(desk, path)
        pages.append((path, _numbers(page)))
        seen += _numbers(page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        path = older[1] if older else None
    assert seen == numbers[::-1]
    assert [len(each) for _, each in pages] == [20, 20, 5]
    newer = re.search(r'rel="prev" href="([^"]+)"', await _text(desk, pages[2][0]))
    assert newer is not None
    assert _numbers(await _text(desk, newer[1])) == pages[1][1]


async def test_after_handling_the_list_is_where_it_was(desk: Client, database: Database) -> None:
    numbers = [ask(database, f"question {number}") for number in range(25)]
    response = await desk.post(
        f"/desk/questions/{numbers[2]}/handled",
        data={"note": "done", "before": str(numbers[5])},
        allow_redirects=False,
    )
    assert response.headers["Location"] == f"/desk/questions?done={numbers[2]}&before={numbers[5]}"


async def test_a_hostile_address_is_harmless(desk: Client, database: Database) -> None:
    ask(database, "hello")
    for query in ("before=-1", "before=x", "before=99999999999999999999", "done=x", "done=77", "language=xx"):
        assert "hello" in await _text(desk, f"/desk/questions?{query}")


async def test_an_article_shows_all_that_it_rests_on(desk: Client, database: Database) -> None:
    add_article(database)
    page = await _text(desk, "/desk/articles/minimum-age")
    for part in (
        "At least 18.", "Au moins 18 ans.", "The rest.", "The minimum age is 18.", "https://www.opp.ca/careers",
        "Careers page (2024)", "true of Ontario", "20 November 2026", "Uniform recruiters",
        "1, published 21 November 2026, 08:00", "past its review date", "needs check", "not read by a native speaker",
    ):  # fmt: skip
        assert part in page
    assert "<li>today</li>" in page


async def test_an_article_that_needs_nothing_has_no_marks(desk: Client, database: Database) -> None:
    from dataclasses import replace
    from datetime import date

    article = add_article(database)
    read = {name: replace(text, read_by_native_speaker=True) for name, text in article.texts.items()}
    add_article(database, status="verified", review_by=date(2027, 1, 1), texts=read)
    assert 'class="mark ' not in await _text(desk, "/desk/articles")


async def test_articles_are_listed_with_what_needs_an_eye(desk: Client, database: Database) -> None:
    add_article(database)
    page = await _text(desk, "/desk/articles")
    assert "How old must I be?" in page
    assert "past its review date" in page
    assert (await desk.get("/desk/articles/nothing-here")).status == 404


async def test_the_desk_is_in_french_too_and_stays_so(desk: Client, database: Database) -> None:
    add_article(database)
    ask(database, "y a-t-il des chevaux?", language="fr")
    page = await _text(desk, "/desk/questions?language=fr")
    for part in (
        'lang="fr"',
        "Questions sans réponse",
        "Aujourd&#39;hui",
        "08 h 00",
        "Quel âge faut-il avoir?",
    ):
        assert part in page
    assert "Articles apparentés" not in await _text(desk)
    assert "Questions sans réponse" in await _text(desk)
    assert "Sur quoi il repose" in await _text(desk, "/desk/articles/minimum-age")


async def test_nothing_of_the_desk_is_kept_by_browsers_or_found_by_search_engines(
    desk: Client, database: Database
) -> None:
    response = await desk.get("/desk/questions")
    assert response.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    page = await response.text()
    assert '<meta name="robots" content="noindex">' in page
    assert "<script" not in page
    assert " style=" not in page


async def test_what_an_erased_sender_asked_is_gone_from_every_table(desk: Client, database: Database) -> None:
    question = ask(database, "a very private horse", sender="telegram:7")
    await desk.post(f"/desk/questions/{question}/handled", data={"note": "seen"})
    await _text(desk, "/desk/questions/handled")
    with database.session() as session:
        erase_sender(session, "telegram:7")
        assert session.get(TurnRow, question) is None
        for table in Base.metadata.sorted_tables:
            rows = session.execute(table.select()).all()
            assert "horse" not in repr(rows)
    assert _numbers(await _text(desk, "/desk/questions/handled")) == []
