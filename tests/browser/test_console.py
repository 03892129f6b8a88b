"""The desk as a recruiter meets it, in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from console.accounts import Passwords, add_recruiter
from storage import Database, utc
from tests.browser.conftest import Server
from tests.console.builders import ANN, PASSWORD, add_article, ask
from tests.web.builders import settings_for

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]

PHONE = {"width": 390, "height": 844}
SMALL_PHONE = {"width": 320, "height": 568}
DESKTOP = {"width": 1280, "height": 800}

LONG = "if i got a speeding ticket in Québec and I paid it late " * 4


@pytest.fixture
def database(server: Server, tmp_path: Path) -> Iterator[Database]:
    """The server's database, with Ann's account, an article and some questions."""
    database = Database(settings_for(tmp_path).database_url)
    with database.session() as session:
        add_recruiter(session, ANN, PASSWORD, Passwords(), utc())
    add_article(database)
    near = [
        {"id": "minimum-age", "topics": ["age"], "score": 0.41},
        {"id": "gone", "topics": [], "score": 0.08},
    ]
    ask(database, "do you still have a horse unit?", utc() - timedelta(days=4), decision={"articles": near})
    ask(database, LONG, utc() - timedelta(days=1), channel="telegram", decision={"articles": near})
    ask(
        database,
        "est-ce que je peux amener mon chien?",
        utc(),
        language="fr",
        decision={"articles": near[:1]},
    )
    yield database
    database.close()


def sign_in(page: Page) -> None:
    page.get_by_label("E-mail address").fill(ANN)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Unanswered questions")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_recruiter_signs_in_handles_a_question_and_signs_out(
    visit: Visit, database: Database, javascript: bool
) -> None:
    page = visit("/desk", java_script_enabled=javascript)
    sign_in(page)
    question = page.get_by_role("article", name="do you still have a horse unit?")
    expect(question).to_contain_text("How old must I be?")
    question.get_by_role("textbox").fill("Wrote to the person.")
    question.get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("Done")
    expect(page.get_by_role("article")).to_have_count(2)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("under To do again")
    expect(page.get_by_role("article")).to_have_count(3)
    expect(question.get_by_role("textbox")).to_have_value("Wrote to the person.")
    question.get_by_role("button").click()
    page.get_by_role("link", name="Handled 1").click()
    expect(page.get_by_role("article")).to_contain_text("Wrote to the person.")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recruiters' desk")
    page.goto("/desk/questions/handled")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_the_nearest_article_is_one_press_away(visit: Visit, database: Database) -> None:
    page = visit("/desk/questions")
    sign_in(page)
    page.get_by_role("link", name="How old must I be?").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How old must I be?")
    expect(page.get_by_text("not read by a native speaker").first).to_be_visible()
    page.get_by_text("Example questions (1)").first.click()
    expect(page.get_by_text("how old", exact=True)).to_be_visible()


def test_the_language_is_changed_in_place_and_stays(visit: Visit, database: Database) -> None:
    page = visit("/desk/questions")
    sign_in(page)
    page.get_by_role("link", name="Français").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Questions sans réponse")
    page.get_by_role("link", name="Articles", exact=True).click()
    expect(page.get_by_role("link", name="Quel âge faut-il avoir?")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_question_is_tried_and_published_as_an_example(
    visit: Visit, database: Database, javascript: bool
) -> None:
    page = visit("/desk/questions", java_script_enabled=javascript)
    sign_in(page)
    question = page.get_by_role("article", name="do you still have a horse unit?")
    question.get_by_role("link", name="Make it an example").click()
    page.get_by_label("Example question").fill("is eighteen enough for the horse unit")
    page.get_by_role("button", name="See what would change").click()
    expect(page.get_by_role("heading", name="What would change")).to_be_visible()
    page.get_by_role("button", name="Publish all the same").click()
    # The browser itself asks for the reason.
    expect(page.get_by_role("heading", name="What would change")).to_be_visible()
    page.get_by_label("Why it is right").fill("Both are about age.")
    page.get_by_role("button", name="Publish all the same").click()
    expect(page.get_by_role("status")).to_contain_text("Done")
    page.goto("/desk/articles/minimum-age")
    page.get_by_text("Example questions (2)").click()
    expect(page.get_by_text("is eighteen enough for the horse unit")).to_be_visible()


@pytest.mark.parametrize("viewport", [SMALL_PHONE, PHONE, DESKTOP])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_cut_off(
    visit: Visit, database: Database, scheme: str, viewport: dict[str, int]
) -> None:
    page = visit("/desk/sign-in", viewport=viewport, color_scheme=scheme)
    problems = {"sign-in": _problems(page)}
    sign_in(page)
    for path in (
        "questions",
        "questions/handled",
        "articles",
        "articles/minimum-age",
        "questions?language=fr",
    ):
        page.goto(f"/desk/{path}")
        problems[path] = _problems(page)
    page.goto("/desk/questions?language=en")
    page.get_by_role("link", name="Make it an example").first.click()
    problems["example"] = _problems(page)
    page.get_by_role("button", name="See what would change").click()
    problems["what would change"] = _problems(page)
    page.get_by_label("Example question").fill("how old")
    page.get_by_role("button", name="See what would change").click()
    problems["refused"] = _problems(page)
    assert {path: found for path, found in problems.items() if found} == {}


def _problems(page: Page) -> list[str]:
    found = [str(violation["id"]) for violation in Axe().run(page).response["violations"]]
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [*found, "scrolls sideways"] if wide else found
