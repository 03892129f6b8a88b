"""What the web channel refuses, and that nothing anybody writes becomes mark-up."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, make_mocked_request

from channels.limits import RateLimit
from channels.messages import Button, Reply, Source, Turn
from channels.web.api import MOST_CHARACTERS
from pages.address import client_address
from pages.security import is_same_origin
from tests.web.builders import Clock, FakeCore, app_for, post, said_and_answered, settings_for

Client = TestClient[Any, Any]

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)> \"'&{{7*7}}"


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://ask.example"}, False),
        ({"Origin": "http://ask.example"}, True),
        ({"Origin": "https://public.example"}, True),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "http://ask.example.evil.example"}, False),
        ({"Origin": "null"}, False),
    ],
)
def test_a_request_that_changes_something_must_come_from_our_own_page(
    headers: dict[str, str], allowed: bool
) -> None:
    request = make_mocked_request("POST", "/api/messages", headers={"Host": "ask.example", **headers})
    assert is_same_origin(request, "public.example") is allowed


@pytest.mark.parametrize("path", ["/api/messages", "/messages"])
async def test_another_sites_post_is_refused_before_anything_is_done(
    client: Client, core: FakeCore, path: str
) -> None:
    response = await client.post(path, json={"text": "hi"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status == 403
    assert core.received == []


async def test_json_in_another_types_clothes_is_refused(client: Client, core: FakeCore) -> None:
    response = await client.post(
        "/api/messages", data='{"text": "hi"}', headers={"Content-Type": "text/plain"}
    )
    assert response.status == 415
    assert core.received == []


@pytest.mark.parametrize(
    "path", ["/", "/fr", "/privacy", "/static/web/chat.js", "/nowhere", "/api/nowhere", "/healthz"]
)
async def test_every_response_carries_the_security_headers(client: Client, path: str) -> None:
    response = await client.get(path)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "aiohttp" not in response.headers["Server"]


@pytest.mark.parametrize("path", ["/", "/fr", "/privacy", "/nowhere"])
async def test_pages_have_nothing_inline_and_nothing_from_elsewhere(client: Client, path: str) -> None:
    await post(client, "hello")
    html = await (await client.get(path)).text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", html)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))
    assert not re.search(r'(?:src|action)="(?!/)', html)
    assert not re.search(r'<link[^>]*href="(?!/)', html)


async def test_what_anybody_writes_is_text(client: Client, core: FakeCore) -> None:
    core.reply = lambda message: Turn(
        outcome="answered",
        replies=(
            Reply(
                text=f"- {HOSTILE}",
                unknown=HOSTILE,
                buttons=(Button(HOSTILE, f"/x{HOSTILE}"),),
                sources=(
                    Source(HOSTILE, "javascript:alert(1)", "2024"),
                    Source("ours", "//evil.example", ""),
                ),
            ),
        ),
    )
    await post(client, HOSTILE, language="en")
    said, turn = await said_and_answered(client)
    assert said["text"] == HOSTILE
    assert [source["url"] for source in turn["replies"][0]["sources"]["content"]] == ["", ""]
    html = await (await client.get("/")).text()
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "javascript:" not in html
    assert "evil.example" not in html


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        "{",
        '"text"',
        '{"text": 7}',
        '{"text": null}',
        '{"text": "a", "payload": {}}',
        '{"text": "a", "reply_to": "x"}',
        '{"text": "a", "reply_to": true}',
        "[" * 100_000,
    ],
)
async def test_a_body_that_is_no_message_is_refused_kindly(client: Client, core: FakeCore, body: str) -> None:
    response = await client.post(
        "/api/messages", data=body, headers={"Content-Type": "application/json", "Accept-Language": "fr-CA"}
    )
    assert response.status == 400
    assert "Veuillez" in (await response.json())["message"]
    assert core.received == []


@pytest.mark.parametrize("key", ["a b", "k" * 65, "é"])
async def test_a_key_that_is_no_key_is_refused(client: Client, key: str) -> None:
    assert (await post(client, "hi", key=key)).status == 400


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "x" * 10_000,
        "😀" * 10_000,
        "\u202eabc\u0007",
        "\x00",
        "' OR 1=1 --",
        "/restart",
        "\ud83d half",
    ],
)
async def test_odd_text_is_taken_and_answered(client: Client, core: FakeCore, text: str) -> None:
    core.reply = lambda message: Turn(outcome="unanswered", replies=(Reply(text="Sorry?"),))
    assert (await post(client, text)).ok
    _, turn = await said_and_answered(client)
    assert turn["outcome"] == "unanswered"
    assert (await client.get("/")).status == 200


async def test_too_much_is_refused_and_says_so(client: Client, core: FakeCore) -> None:
    response = await post(client, "x" * (MOST_CHARACTERS + 1))
    assert response.status == 413
    assert str(MOST_CHARACTERS) in (await response.json())["message"]
    response = await client.post("/api/messages", json={"text": "x" * 500_000})
    assert response.status == 413
    assert core.received == []


async def test_a_conversation_that_sends_too_fast_is_told_how_long_to_wait(
    client: Client, clock: Clock
) -> None:
    assert [(await post(client, f"{n}")).ok for n in range(11)] == [True] * 10 + [False]
    refused = await post(client, "again")
    seconds = int(refused.headers["Retry-After"])
    assert 3 <= seconds <= 4
    assert f"{seconds} seconds" in (await refused.json())["message"]
    clock.move(seconds=seconds)
    assert (await post(client, "again")).ok


async def test_an_address_that_sends_too_fast_under_many_conversations_is_stopped(
    aiohttp_client: Any, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path, messages_per_minute_address=6)
    client: Client = await aiohttp_client(app_for(settings, FakeCore()))
    taken = []
    for n in range(4):
        client.session.cookie_jar.clear()
        taken.append((await post(client, f"{n}")).ok)
    assert taken == [True, True, True, False]


async def test_too_many_streams_of_one_conversation_are_refused(client: Client) -> None:
    await client.get("/")
    streams = [await client.get("/api/events") for _ in range(8)]
    refused = await client.get("/api/events")
    assert refused.status == 429
    for stream in streams:
        stream.close()


def test_rate_limits_remember_a_bounded_number_of_keys() -> None:
    limit = RateLimit(60, Clock(), keys=2)
    for key in ("a", "b", "c", "d"):
        limit.take(key)
    assert len(limit._buckets) == 2


@pytest.mark.parametrize(
    ("forwarded", "proxies", "expected"),
    [
        ("203.0.113.9", 0, "127.0.0.1"),
        ("203.0.113.9", 1, "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9", 1, "203.0.113.9"),
        ("203.0.113.9, 10.0.0.2", 2, "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", 1, "2001:db8:1:2::/64"),
        ("", 1, ""),
    ],
)
def test_only_our_own_proxies_say_who_is_asking(forwarded: str, proxies: int, expected: str) -> None:
    request = make_mocked_request("GET", "/", headers={"X-Forwarded-For": forwarded})
    assert client_address(request.clone(remote="127.0.0.1"), proxies) == expected


async def test_a_failure_shows_a_page_without_its_reason(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reason = "the secret reason"

    def fail(*args: object) -> None:
        raise RuntimeError(reason)

    monkeypatch.setattr("channels.web.log.EventLog.read", fail)
    response = await client.get("/fr")
    html = await response.text()
    assert response.status == 500
    assert "Désolé" in html
    assert reason not in html
    assert "RuntimeError" in caplog.text
    assert "in fail" in caplog.text
    assert reason not in caplog.text
