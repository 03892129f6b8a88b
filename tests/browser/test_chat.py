"""The chat as a prospect meets it, in a real browser."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from channels.messages import Reply, Turn
from tests.browser.conftest import Server
from tests.web.builders import BUTTON, FakeCore, full_turn

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]

PHONE = {"width": 390, "height": 844}
SMALL_PHONE = {"width": 320, "height": 568}
DESKTOP = {"width": 1280, "height": 800}

# An element and its text, without what may differ: spaces, keys of forms not sent yet, what only scripts add.
SHAPE = """() => {
  const shape = (node) => {
    if (node.nodeType === 3) return node.textContent.replace(/\\s+/g, " ").trim();
    const names = [...node.attributes].map((a) => a.name).filter((n) => !["tabindex", "style"].includes(n)).sort();
    const of = (n) => n === "class" ? [...node.classList].filter((c) => c !== "new").sort().join(" ")
      : node.name === "key" && n === "value" ? "" : node.getAttribute(n);
    return [node.tagName, names.map((n) => n + "=" + of(n)), [...node.childNodes].map(shape).filter((x) => x.length)];
  };
  return JSON.stringify([...document.querySelectorAll("#log > *")].map(shape));
}"""


def ask(page: Page, text: str) -> None:
    page.get_by_label("Your question or answer").fill(text)
    page.keyboard.press("Enter")


def turns(page: Page) -> Any:
    return page.locator("#log .turn")


def test_a_question_is_answered_with_all_that_belongs_to_it(visit: Visit, core: FakeCore) -> None:
    core.reply = lambda message: full_turn("You must be at least 18.\n\n- finish school\n- keep fit")
    page = visit()
    ask(page, "how old must I be?")
    answer = turns(page).first
    expect(answer).to_contain_text("You must be at least 18.")
    expect(answer.get_by_role("listitem").first).to_have_text("finish school")
    expect(answer.get_by_text("What we don't know")).to_be_visible()
    expect(answer.get_by_role("link", name="Careers page (2024)")).to_have_attribute(
        "href", "https://www.opp.ca/careers"
    )
    expect(answer).to_contain_text("Last checked 21 November 2026")
    expect(answer).to_contain_text("may be out of date")
    expect(page.locator("#log .said")).to_have_text(re.compile("how old must I be"))
    expect(page.get_by_label("Your question or answer")).to_have_value("")


def test_scripts_and_templates_make_the_same_page(visit: Visit, core: FakeCore) -> None:
    core.reply = lambda message: full_turn(
        "One\ntwo opp.ca/careers\n\n- three", language=message.language or "en"
    )
    page = visit("/en")
    ask(page, "first\nquestion")
    expect(turns(page)).to_have_count(1)
    page.get_by_role("button", name=BUTTON.title).click()
    expect(turns(page)).to_have_count(2)
    made_by_script = page.evaluate(SHAPE)
    page.reload()
    assert page.evaluate(SHAPE) == made_by_script


def test_a_used_button_stays_and_shows_that_it_was_chosen(visit: Visit, core: FakeCore) -> None:
    core.reply = lambda message: full_turn()
    page = visit()
    ask(page, "how old?")
    page.get_by_role("button", name=BUTTON.title).click()
    expect(turns(page)).to_have_count(2)
    assert core.received[1].payload == BUTTON.payload
    used = turns(page).first.get_by_role("button", name=BUTTON.title)
    expect(used).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(used).to_have_attribute("aria-pressed", "true")
    expect(turns(page).nth(1).get_by_role("button", name=BUTTON.title)).not_to_have_attribute(
        "aria-pressed", "true"
    )


def test_a_double_click_is_one_choice(visit: Visit, core: FakeCore) -> None:
    page = visit()
    page.get_by_role("button", name="How do I apply?").dblclick()
    expect(turns(page)).to_have_count(1)
    ask(page, "next")
    expect(turns(page)).to_have_count(2)
    assert [message.text for message in core.received] == ["How do I apply?", "next"]


def test_quick_messages_are_answered_in_order(visit: Visit, core: FakeCore) -> None:
    page = visit()
    for n in range(5):
        ask(page, f"number {n}")
    expect(turns(page)).to_have_count(5)
    said = page.locator("#log .bubble").all_inner_texts()
    answers = turns(page).locator(".reply").all_inner_texts()
    assert said == [f"number {n}" for n in range(5)]
    assert answers == [f"You said: number {n}" for n in range(5)]


def test_without_scripts_the_same_conversation_works(visit: Visit, core: FakeCore) -> None:
    core.reply = lambda message: full_turn(f"About: {message.text}")
    page = visit(java_script_enabled=False)
    page.get_by_label("Your question or answer").fill("how old must I be?")
    page.get_by_role("button", name="Send").click()
    expect(turns(page)).to_have_count(1)
    expect(turns(page).first).to_contain_text("About: how old must I be?")
    page.get_by_role("button", name=BUTTON.title).click()
    expect(turns(page)).to_have_count(2)
    expect(turns(page).first.get_by_role("button", name=BUTTON.title)).to_have_attribute(
        "aria-pressed", "true"
    )
    page.get_by_role("link", name="Français").click()
    expect(turns(page)).to_have_count(2)
    expect(page.locator("html")).to_have_attribute("lang", "fr")


def test_a_restart_of_the_server_loses_and_doubles_nothing(
    visit: Visit, server: Server, core: FakeCore
) -> None:
    page = visit()
    ask(page, "before")
    expect(turns(page)).to_have_count(1)
    server.stop()
    ask(page, "meanwhile")
    ask(page, "and another")
    expect(page.get_by_role("status").filter(has_text="connection is lost")).to_be_visible()
    server.start()
    expect(turns(page)).to_have_count(3, timeout=20_000)
    ask(page, "after")
    expect(turns(page)).to_have_count(4)
    assert [message.text for message in core.received] == ["before", "meanwhile", "and another", "after"]
    expect(page.get_by_role("status").filter(has_text="connection is lost")).to_have_count(0)
    assert page.locator("#log .bubble").all_inner_texts() == ["before", "meanwhile", "and another", "after"]


def test_what_waits_to_be_sent_is_in_view_above_the_notice(visit: Visit, core: FakeCore) -> None:
    core.reply = lambda message: full_turn()
    page = visit(viewport=PHONE, reduced_motion="reduce")
    ask(page, "one")
    expect(turns(page)).to_have_count(1)
    page.context.set_offline(True)
    ask(page, "two")
    expect(page.get_by_role("status").filter(has_text="connection is lost")).to_be_visible()
    waiting = page.locator("#log .said").last.bounding_box()
    dock = page.locator("#dock").bounding_box()
    assert waiting is not None
    assert dock is not None
    assert waiting["y"] + waiting["height"] <= dock["y"]


def test_what_was_not_sent_survives_a_reload(visit: Visit, server: Server, core: FakeCore) -> None:
    page = visit()
    page.route("**/api/messages", lambda route: route.abort())
    ask(page, "do not lose me")
    expect(page.get_by_role("status").filter(has_text="connection is lost")).to_be_visible()
    page.get_by_label("Your question or answer").fill("half a thought")
    page.unroute("**/api/messages")
    page.reload()
    expect(turns(page)).to_have_count(1)
    assert [message.text for message in core.received] == ["do not lose me"]
    expect(page.get_by_label("Your question or answer")).to_have_value("half a thought")


def test_an_answer_whose_receipt_got_lost_is_not_asked_for_twice(visit: Visit, core: FakeCore) -> None:
    page = visit()
    dropped: list[str] = []

    def lose_first_receipt(route: Any) -> None:
        if dropped:
            route.continue_()
        else:
            dropped.append(route.request.post_data)
            route.fetch()
            route.abort()

    page.route("**/api/messages", lose_first_receipt)
    ask(page, "once")
    expect(turns(page)).to_have_count(1)
    ask(page, "twice")
    expect(turns(page)).to_have_count(2)
    assert [message.text for message in core.received] == ["once", "twice"]


def test_two_tabs_show_the_same_conversation(visit: Visit, core: FakeCore) -> None:
    page = visit()
    other = page.context.new_page()
    other.goto("/")
    ask(page, "from the first")
    expect(turns(other)).to_have_count(1)
    ask(other, "from the second")
    expect(turns(page)).to_have_count(2)
    assert page.locator("#log .bubble").all_inner_texts() == other.locator("#log .bubble").all_inner_texts()


def test_a_refused_message_says_why_and_comes_back(visit: Visit, core: FakeCore) -> None:
    page = visit()
    ask(page, "x" * 20_001)
    expect(page.get_by_role("status").filter(has_text="too long")).to_be_visible()
    expect(page.get_by_text("Not sent")).to_be_visible()
    expect(page.get_by_label("Your question or answer")).to_have_value("x" * 20_001)
    assert core.received == []


def test_while_the_answer_is_made_the_page_shows_it(visit: Visit, server: Server, core: FakeCore) -> None:
    core.gate = asyncio.Event()
    page = visit()
    ask(page, "slow one")
    expect(page.get_by_text("Looking it up…")).to_be_visible()
    server._loop.call_soon_threadsafe(core.gate.set)
    expect(turns(page)).to_have_count(1)
    expect(page.get_by_text("Looking it up…")).to_be_hidden()


def test_erasing_clears_every_tab(visit: Visit, core: FakeCore) -> None:
    page = visit()
    other = page.context.new_page()
    other.goto("/")
    ask(page, "a secret")
    expect(turns(other)).to_have_count(1)
    core.reply = lambda message: Turn(outcome="erased", replies=(Reply(text="All erased."),))
    ask(page, "delete my data")
    for tab in (page, other):
        expect(tab.get_by_text("All erased.")).to_be_visible()
        expect(tab.get_by_text("a secret")).to_have_count(0)
    page.reload()
    expect(page.locator("#log .message")).to_have_count(1)


def test_the_language_switch_sticks_and_keeps_the_conversation(visit: Visit, core: FakeCore) -> None:
    page = visit()
    ask(page, "hello")
    expect(turns(page)).to_have_count(1)
    page.get_by_role("link", name="Français").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Une carrière à la Police provinciale de l'Ontario vous intéresse?"
    )
    expect(turns(page)).to_have_count(1)
    page.get_by_label("Votre question ou réponse").fill("bonjour")
    page.keyboard.press("Enter")
    expect(turns(page)).to_have_count(2)
    assert [message.language for message in core.received] == [None, "fr"]
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "fr")


def test_asking_for_french_switches_the_page(visit: Visit, core: FakeCore) -> None:
    core.reply = lambda message: Turn("act", (Reply("Bien sûr."),), language="fr", intent="speak_french")
    page = visit()
    ask(page, "in french please")
    page.wait_for_url("**/fr")
    expect(page.get_by_text("Bien sûr.")).to_be_visible()


def test_hostile_text_stays_text(visit: Visit, core: FakeCore) -> None:
    hostile = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    core.reply = lambda message: Turn("answered", (Reply(text=hostile, unknown=hostile),))
    page = visit()
    ask(page, hostile)
    expect(turns(page)).to_have_count(1)
    for _ in range(2):
        assert page.locator("#log img, #log script").count() == 0
        assert "owned" not in page.title()
        expect(turns(page).first).to_contain_text("<script>")
        page.reload()


def test_everything_can_be_done_with_the_keyboard(visit: Visit, core: FakeCore) -> None:
    core.reply = lambda message: full_turn()
    page = visit()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to your question")).to_be_focused()
    page.keyboard.press("Enter")
    field = page.get_by_label("Your question or answer")
    expect(field).to_be_focused()
    for n in range(2):
        page.keyboard.type(f"question {n}")
        page.keyboard.press("Shift+Enter")
        page.keyboard.type("second line")
        page.keyboard.press("Enter")
        expect(turns(page)).to_have_count(n + 1)
    assert core.received[0].text == "question 0\nsecond line"

    # The transcript is one tab stop, at the newest answer's first button; arrows lead on, and out leads Tab.
    page.keyboard.press("Shift+Tab")
    newest = turns(page).nth(1)
    expect(newest.get_by_role("button", name=BUTTON.title)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(newest.get_by_role("button", name="How do I apply?")).to_be_focused()
    page.keyboard.press("Home")
    expect(turns(page).first.get_by_role("link").first).to_be_focused()
    page.keyboard.press("Tab")
    expect(field).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(turns(page).first.get_by_role("link").first).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="When is the next information session?")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(turns(page)).to_have_count(3)


def test_the_transcript_is_announced_in_order(visit: Visit, core: FakeCore) -> None:
    page = visit()
    log = page.get_by_role("log", name="Conversation")
    page.evaluate(
        """() => {
          window.added = [];
          new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(
            (node) => window.added.push(node.className)))).observe(document.getElementById("log"), {childList: true});
        }"""
    )
    for n in range(2):
        ask(page, f"number {n}")
        expect(turns(page)).to_have_count(n + 1)
    # Each message is added once, whole, and nothing is moved.
    assert page.evaluate("window.added") == ["message said waiting", "message turn new"] * 2
    expect(log).to_contain_text("You:")
    expect(log).to_contain_text("Signpost:")


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit: Visit, core: FakeCore, scheme: str, viewport: dict[str, int]) -> None:
    core.reply = lambda message: full_turn()
    page = visit(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    ask(page, "how old must I be?")
    page.get_by_role("button", name=BUTTON.title).click()
    expect(turns(page)).to_have_count(2)
    found = {"/": Axe().run(page).response["violations"]}
    for path in ("/fr", "/privacy", "/nowhere"):
        page.goto(path)
        found[path] = Axe().run(page).response["violations"]
    problems = {path: [each["id"] for each in violations] for path, violations in found.items() if violations}
    assert problems == {}


@pytest.mark.parametrize("path", ["/en", "/fr", "/en/privacy", "/fr/privacy", "/nowhere"])
@pytest.mark.parametrize(
    "viewport", [SMALL_PHONE, {"width": 320, "height": 256}, DESKTOP], ids=["320", "400 %", "desktop"]
)
def test_nothing_is_cut_off_or_scrolls_sideways(
    visit: Visit, core: FakeCore, path: str, viewport: dict[str, int]
) -> None:
    long_word = "Donaudampfschifffahrtsgesellschaftskapitän" * 4
    core.reply = lambda message: full_turn(f"{long_word} https://www.example.ca/{'a' * 200}")
    page = visit(path, viewport=viewport)
    field = page.locator("#text")
    if field.count():
        field.fill(long_word)
        page.keyboard.press("Enter")
        expect(turns(page)).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_every_target_is_large_enough_and_focus_is_seen(visit: Visit, core: FakeCore) -> None:
    core.reply = lambda message: full_turn()
    page = visit(viewport=SMALL_PHONE)
    ask(page, "how old must I be?")
    expect(turns(page)).to_have_count(1)
    # WCAG 2.5.8: 24 by 24 pixels; links within a sentence are exempt, those of a list of sources are not.
    for target in page.locator("button:visible, header a, footer a, .origin li").all():
        box = target.bounding_box()
        assert box is not None
        assert box["width"] >= 24
        assert box["height"] >= 24, target.inner_text()
    page.keyboard.press("Shift+Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outline")
    assert "solid 3px" in outline or "3px solid" in outline


def test_focus_is_never_hidden_behind_the_form(visit: Visit, core: FakeCore) -> None:
    core.reply = lambda message: full_turn()
    page = visit(viewport=PHONE, reduced_motion="reduce")
    for n in range(3):
        ask(page, f"question {n}")
        expect(turns(page)).to_have_count(n + 1)
    page.keyboard.press("Shift+Tab")
    for key in ["Home", *["ArrowDown"] * 11]:
        page.keyboard.press(key)
        hidden = page.evaluate(
            """() => {
              const box = document.activeElement.getBoundingClientRect();
              return box.bottom > document.querySelector(".dock").getBoundingClientRect().top || box.top < 0;
            }"""
        )
        assert not hidden


def test_motion_stops_for_those_who_ask(visit: Visit, core: FakeCore) -> None:
    page = visit(reduced_motion="reduce")
    ask(page, "hello")
    expect(turns(page)).to_have_count(1)
    assert page.evaluate("document.getAnimations().length") == 0
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
