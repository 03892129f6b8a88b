"""The pages: both languages, the form without scripts, assets, weight."""

from __future__ import annotations

import gzip
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from channels.messages import Reply, Turn
from channels.plain import plain_text
from channels.web.view import blocks
from tests.web.builders import BUTTON, FakeCore, app_for, full_turn, post, said_and_answered, settings_for
from wording import LANGUAGES, WordingError, areas, format_date, load_area, say

Client = TestClient[Any, Any]


class Forms(HTMLParser):
    """Every form of a page: its hidden fields, and its buttons by what they say."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[tuple[dict[str, str], dict[str, dict[str, str]]]] = []
        self._button: dict[str, str] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.forms.append(({}, {}))
        elif tag == "input":
            self.forms[-1][0][values["name"]] = values["value"]
        elif tag == "button":
            self._button = values

    def handle_data(self, data: str) -> None:
        if self._button is not None:
            self.forms[-1][1][data.strip()] = self._button
            self._button = None

    def press(self, title: str) -> dict[str, str]:
        """What a browser would send for the button that says `title`."""
        for hidden, buttons in reversed(self.forms):
            if title in buttons:
                button = buttons[title]
                return {**hidden, **({button["name"]: button["value"]} if "name" in button else {})}
        raise AssertionError(f"no button says {title!r}")


async def page(client: Client, path: str = "/", **headers: str) -> str:
    response = await client.get(path, headers=headers)
    assert response.status == 200
    return await response.text()


async def test_a_question_is_asked_and_answered_without_scripts(client: Client, core: FakeCore) -> None:
    core.reply = lambda message: full_turn(f"About: {message.text}")
    form = {**Forms(await page(client)).press("Send"), "text": "how old must I be"}
    response = await client.post("/messages", data=form, allow_redirects=False)
    assert (response.status, response.headers["Location"]) == (303, "/#m1")
    html = await page(client)
    assert "About: how old must I be" in html
    assert "Last checked 21 November 2026" in html
    assert 'href="https://www.opp.ca/careers">Careers page (2024)</a>' in html
    assert "may be out of date" in html


async def test_reloading_the_answer_of_a_form_asks_once(client: Client, core: FakeCore) -> None:
    form = {**Forms(await page(client)).press("Send"), "text": "hello"}
    for _ in range(2):
        await client.post("/messages", data=form, allow_redirects=False)
    assert len(core.received) == 1


async def test_a_button_works_without_scripts_and_shows_that_it_was_used(
    client: Client, core: FakeCore
) -> None:
    core.reply = lambda message: full_turn()
    await post(client, "how old")
    await said_and_answered(client)
    form = Forms(await page(client)).press(BUTTON.title)
    await client.post("/messages", data=form)
    assert core.received[1].payload == BUTTON.payload
    assert core.received[1].text == BUTTON.title
    html = await page(client)
    used = re.findall(r'<button [^>]*aria-pressed="true"[^>]*>([^<]*)<', html)
    assert used == [BUTTON.title]


async def test_a_form_cannot_send_a_payload_that_was_not_offered(client: Client, core: FakeCore) -> None:
    response = await client.post("/messages", data={"payload": "/restart", "reply_to": "1"})
    assert response.status == 409
    assert "choose again" in await response.text()
    assert core.received == []


async def test_a_suggestion_is_a_question_in_the_pages_language(client: Client, core: FakeCore) -> None:
    await client.post("/messages", data=Forms(await page(client, "/fr")).press("Comment postuler?"))
    assert (core.received[0].text, core.received[0].language) == ("Comment postuler?", "fr")


async def test_a_language_that_was_not_chosen_is_left_to_be_detected(client: Client, core: FakeCore) -> None:
    await client.post("/messages", data=Forms(await page(client)).press("How do I apply?"))
    assert core.received[0].language is None


async def test_the_page_speaks_the_browsers_language_until_one_is_chosen(client: Client) -> None:
    assert '<html lang="en">' in await page(client)
    assert '<html lang="fr">' in await page(client, **{"Accept-Language": "fr-CA,fr;q=0.9,en;q=0.5"})
    assert '<html lang="en">' in await page(client, **{"Accept-Language": "de,en;q=0.9,fr;q=0.8"})


async def test_a_chosen_language_sticks_and_keeps_the_conversation(client: Client) -> None:
    await post(client, "hello there")
    await said_and_answered(client)
    assert "You said: hello there" in await page(client, "/fr")
    for path in ("/", "/privacy", "/"):
        assert '<html lang="fr">' in await page(client, path, **{"Accept-Language": "en"})
    assert '<html lang="en">' in await page(client, "/en")
    assert '<html lang="en">' in await page(client, "/")


async def test_asking_for_a_language_switches_the_page_too(client: Client, core: FakeCore) -> None:
    core.reply = lambda message: Turn("act", (Reply("D'accord."),), language="fr", intent="speak_french")
    response = await client.post("/messages", data={"text": "in french please"}, allow_redirects=False)
    assert response.headers["Location"] == "/fr#m1"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_privacy_page_says_what_is_kept_in_both_languages(
    aiohttp_client: Any, tmp_path: Path, language: str
) -> None:
    settings = settings_for(tmp_path, retention_hours=36, contact_url="https://recruiters.example/")
    client: Client = await aiohttp_client(app_for(settings, FakeCore()))
    html = await page(client, f"/{language}/privacy")
    assert f'<html lang="{language}">' in html
    assert re.search(r"36 (hours|heures)", html)
    assert "https://recruiters.example/" in html
    assert ("delete my data" if language == "en" else "supprimez mes données") in html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("token", ["", "1:abc"])
async def test_the_privacy_page_tells_of_telegram_where_it_is_on(
    aiohttp_client: Any, tmp_path: Path, language: str, token: str
) -> None:
    # Nothing polls here: the app is the web chat alone.
    settings = settings_for(tmp_path, telegram_token=token)
    client: Client = await aiohttp_client(app_for(settings, FakeCore()))
    html = await page(client, f"/{language}/privacy")
    assert ("/erase" in html) is bool(token)
    assert (re.search(r"60 (days|jours)", html) is not None) is bool(token)


async def test_the_service_is_named_by_its_settings(aiohttp_client: Any, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, service_name="Waymark", organisation="Fire Service")
    client: Client = await aiohttp_client(app_for(settings, FakeCore()))
    html = await page(client, "/en")
    assert "Waymark" in html
    assert "joining the Fire Service?" in html
    assert "Signpost" not in html
    assert "Provincial" not in html


async def test_an_unknown_address_gets_a_page_in_the_visitors_language(client: Client) -> None:
    response = await client.get("/nulle-part", headers={"Accept-Language": "fr"})
    assert response.status == 404
    assert "Page introuvable" in await response.text()


async def test_assets_are_kept_for_ever_under_the_address_of_their_content(client: Client) -> None:
    html = await page(client)
    (address,) = re.findall(r'src="(/static/web/chat\.js\?v=\w+)"', html)
    response = await client.get(address)
    assert "immutable" in response.headers["Cache-Control"]
    assert response.content_type == "text/javascript"
    assert (await client.get("/static/web/chat.js?v=old")).headers["Cache-Control"] == "no-cache"
    assert (await client.get("/static/../../settings.py")).status == 404
    assert (await client.get("/static/web/../templates/chat.html")).status == 404


async def test_pages_about_a_visitor_are_not_kept(client: Client) -> None:
    assert (await client.get("/")).headers["Cache-Control"] == "no-store"


async def test_the_whole_page_weighs_under_forty_kilobytes(client: Client) -> None:
    html = await page(client)
    addresses = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', html))
    assert len(addresses) >= 5
    weight = len(gzip.compress(html.encode()))
    for address in addresses:
        weight += len(gzip.compress(await (await client.get(address)).read()))
    assert weight < 40 * 1024


def test_text_becomes_paragraphs_lists_and_links() -> None:
    text = "First line\nsecond line\n\nTo do:\n- one\n- see opp.ca/careers.\nAfter https://a.example/x?y=1, a@opp.ca"
    made = blocks(text)
    assert [(block["kind"], len(block["lines"])) for block in made] == [
        ("paragraph", 2),
        ("paragraph", 1),
        ("list", 2),
        ("paragraph", 1),
    ]
    assert made[2]["lines"][1] == [
        {"text": "see ", "url": ""},
        {"text": "opp.ca/careers", "url": "https://opp.ca/careers"},
        {"text": ".", "url": ""},
    ]
    links = [part["url"] for part in made[3]["lines"][0] if part["url"]]
    assert links == ["https://a.example/x?y=1"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reply_as_plain_text_leaves_nothing_out(language: str) -> None:
    (reply,) = full_turn().replies
    text = plain_text(reply, language)
    assert text.startswith(reply.text)
    for part in (
        reply.unknown,
        "Careers page (2024): https://www.opp.ca/careers",
        "How booking works",
        "2026",
    ):
        assert part in text
    assert say(language, "reply.overdue") in text


def test_a_plain_reply_is_only_its_text() -> None:
    assert plain_text(Reply(text="Hello."), "en") == "Hello."


def test_every_string_is_there_in_both_languages_with_the_same_places() -> None:
    for area in areas():
        for name, texts in load_area(area).items():
            places = [set(re.findall(r"\{(\w+)\}", texts[language])) for language in LANGUAGES]
            # A name that would need its gender known may be left to the line beside it.
            assert places[0] - {"organisation"} == places[1] - {"organisation"}, f"{area}.{name}"


@pytest.mark.parametrize(
    "broken", ["a: {en: only}", "a: {en: x, fr: ''}", "a: {en: x, fr: 7}", "- a", "a: ["]
)
def test_a_broken_file_of_strings_is_refused_by_name(tmp_path: Path, broken: str) -> None:
    (tmp_path / "area.yml").write_text(broken)
    with pytest.raises(WordingError, match=r"area\.yml"):
        load_area("area", tmp_path)


def test_a_missing_string_or_value_is_an_error() -> None:
    with pytest.raises(WordingError, match="no string"):
        say("en", "web.nothing")
    with pytest.raises(WordingError, match="hours"):
        say("en", "web.privacy_messages")


def test_dates_are_written_as_people_write_them() -> None:
    assert format_date(date(2026, 11, 21), "en") == "21 November 2026"
    assert format_date(date(2026, 5, 1), "fr") == "1er mai 2026"
