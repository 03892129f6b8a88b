"""Nobody gets at the desk without an account, a password and a sign-in that is still open."""

from __future__ import annotations

import asyncio
import re
from http.cookies import SimpleCookie
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from argon2 import PasswordHasher
from sqlalchemy import select
from yarl import URL

from console.accounts import Passwords, remove_recruiter, set_password
from console.models import Recruiter, RecruiterSession
from console.sign_in import (
    MOST_FOR_ACCOUNT,
    MOST_FOR_ADDRESS,
    MOST_FROM_ANYWHERE,
    SignIns,
    TooManyAttemptsError,
    WrongCredentialsError,
)
from storage import Database
from tests.console.builders import ANN, CHEAP, PASSWORD, Clock, add_ann, ask, desk_app, sign_in

Client = TestClient[Any, Any]
EXAMPLES = {"question": "1", "article": "minimum-age"}


def _desk_routes(app: web.Application) -> list[tuple[str, str]]:
    """(method, address) of every route under /desk, with an example for each part that varies."""
    routes = []
    for resource in app.router.resources():
        for route in resource:
            canonical = route.resource.canonical if route.resource else ""
            if canonical.startswith("/desk"):
                routes.append((route.method, re.sub(r"{(\w+)}", lambda m: EXAMPLES[m[1]], canonical)))
    return routes


async def test_every_route_but_the_sign_in_demands_an_account(client: Client) -> None:
    routes = [route for route in _desk_routes(client.app) if route[1] != "/desk/sign-in"]
    assert len(routes) > 8
    for method, path in routes:
        response = await client.request(method, path, allow_redirects=False)
        assert (method, path, response.status) == (method, path, 303)
        assert response.headers["Location"].startswith("/desk/sign-in")


@pytest.mark.parametrize(
    "path", ["/desk/nowhere", "/desk/questions/", "/%64esk/questions", "/desk/../desk/questions"]
)
async def test_unknown_addresses_are_behind_the_gate_too(client: Client, path: str) -> None:
    response = await client.get(path, allow_redirects=False)
    assert response.status == 303


async def test_an_account_signs_in_and_comes_to_the_page_it_wanted(client: Client) -> None:
    response = await client.get("/desk/questions?before=40", allow_redirects=False)
    assert URL(response.headers["Location"]).query["next"] == "/desk/questions?before=40"
    response = await sign_in(client, email=" Ann@Example.org ", next="/desk/questions?before=40")
    assert (response.status, response.headers["Location"]) == (303, "/desk/questions?before=40")
    assert ANN in await (await client.get("/desk/questions")).text()


@pytest.mark.parametrize(
    "next",
    ["https://evil.example", "//evil.example", "/desk//evil.example", "/desk\\evil", "/", "", "/desk/@evil"],
)
async def test_signing_in_leads_nowhere_but_to_the_desk(client: Client, next: str) -> None:
    response = await sign_in(client, next=next)
    assert response.headers["Location"] == "/desk/questions"


@pytest.mark.parametrize(
    ("email", "password"), [(ANN, "wrong"), ("bob@example.org", PASSWORD), ("", ""), (ANN, "x" * 300)]
)
async def test_a_wrong_sign_in_never_says_what_was_wrong(client: Client, email: str, password: str) -> None:
    response = await sign_in(client, email, password)
    text = await response.text()
    assert response.status == 403
    assert "do not go together" in text
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("email", [ANN, "nobody@example.org"])
def test_an_unknown_account_costs_the_same_work_as_a_wrong_password(database: Database, email: str) -> None:
    class Counting(PasswordHasher):
        checked: list[str] = []

        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            self.checked.append(str(hash).rpartition("$")[0].rpartition("$")[0])
            return super().verify(hash, password)

    hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
    add_ann(database)
    Counting.checked.clear()
    with pytest.raises(WrongCredentialsError):
        SignIns(database, Passwords(hasher), Clock()).open(email, "not the password", "192.0.2.1")
    assert Counting.checked == ["$argon2id$v=19$m=8,t=1,p=1"]


@pytest.mark.parametrize(("public_url", "secure"), [("", False), ("https://signpost.example.org", True)])
async def test_the_cookie_is_out_of_reach(
    aiohttp_client: Any, database: Database, public_url: str, secure: bool
) -> None:
    add_ann(database)
    client = await aiohttp_client(desk_app(database, Clock(), public_url=public_url))
    cookie = SimpleCookie((await sign_in(client)).headers["Set-Cookie"])["desk"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/desk")
    assert bool(cookie["secure"]) is secure
    with database.session() as session:
        assert cookie.value not in {row.token_hash for row in session.scalars(select(RecruiterSession))}


async def test_signing_in_again_changes_the_token_and_ends_the_old_one(
    desk: Client, database: Database
) -> None:
    old = desk.session.cookie_jar.filter_cookies(desk.make_url("/desk"))["desk"].value
    response = await sign_in(desk)
    new = SimpleCookie(response.headers["Set-Cookie"])["desk"].value
    sign_ins = SignIns(database, CHEAP, Clock())
    assert new != old
    assert sign_ins.who(old) is None
    assert sign_ins.who(new) is not None


async def test_signing_out_ends_it_on_the_server(desk: Client, database: Database) -> None:
    await desk.post("/desk/sign-out")
    with database.session() as session:
        assert session.scalars(select(RecruiterSession)).all() == []
    assert (await desk.get("/desk/questions", allow_redirects=False)).status == 303


async def test_a_sign_in_ends_by_itself(desk: Client, clock: Clock) -> None:
    clock.move(hours=9, minutes=59)
    assert (await desk.get("/desk/questions", allow_redirects=False)).status == 200
    clock.move(minutes=2)
    assert (await desk.get("/desk/questions", allow_redirects=False)).status == 303


@pytest.mark.parametrize("ending", ["removed", "password changed"])
async def test_ending_an_account_ends_its_sign_ins(desk: Client, database: Database, ending: str) -> None:
    with database.session() as session:
        if ending == "removed":
            remove_recruiter(session, ANN)
        else:
            set_password(session, ANN, "another long password", CHEAP)
    assert (await desk.get("/desk/questions", allow_redirects=False)).status == 303


async def test_another_site_cannot_use_a_recruiters_sign_in(desk: Client, database: Database) -> None:
    question = ask(database, "what about horses?")
    for path in (f"/desk/questions/{question}/handled", "/desk/sign-out", "/desk/sign-in"):
        response = await desk.post(path, data={"note": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
        assert response.status == 403
    assert "horses" in await (await desk.get("/desk/questions")).text()


async def test_an_account_is_closed_to_an_address_for_a_while_after_too_many_wrong_passwords(
    client: Client, clock: Clock
) -> None:
    for _ in range(MOST_FOR_ACCOUNT):
        assert (await sign_in(client, password="wrong")).status == 403
    refused = await sign_in(client)
    assert refused.status == 429
    assert int(refused.headers["Retry-After"]) == 15 * 60
    clock.move(minutes=15)
    assert (await sign_in(client)).status == 303


def test_who_guesses_elsewhere_does_not_lock_out_the_owner(database: Database) -> None:
    add_ann(database)
    sign_ins = SignIns(database, CHEAP, Clock())
    for _ in range(MOST_FOR_ACCOUNT):
        with pytest.raises(WrongCredentialsError):
            sign_ins.open(ANN, "wrong", "192.0.2.1")
    with pytest.raises(TooManyAttemptsError):
        sign_ins.open(ANN, PASSWORD, "192.0.2.1")
    assert sign_ins.open(ANN, PASSWORD, "192.0.2.2")
    # Her success elsewhere gives whoever guesses no new attempts.
    with pytest.raises(TooManyAttemptsError):
        sign_ins.open(ANN, PASSWORD, "192.0.2.1")


def test_an_address_is_refused_after_too_many_accounts_were_tried(database: Database) -> None:
    add_ann(database)
    sign_ins = SignIns(database, CHEAP, Clock())
    for number in range(MOST_FOR_ADDRESS):
        with pytest.raises(WrongCredentialsError):
            sign_ins.open(f"{number}@example.org", "wrong", "192.0.2.1")
    with pytest.raises(TooManyAttemptsError):
        sign_ins.open(ANN, PASSWORD, "192.0.2.1")
    assert sign_ins.open(ANN, PASSWORD, "192.0.2.2")


def test_many_addresses_together_do_not_guess_without_end(database: Database) -> None:
    add_ann(database)
    sign_ins = SignIns(database, CHEAP, Clock())
    for number in range(MOST_FROM_ANYWHERE):
        with pytest.raises(WrongCredentialsError):
            sign_ins.open(ANN, "wrong", f"192.0.2.{number}")
    with pytest.raises(TooManyAttemptsError):
        sign_ins.open(ANN, "wrong", "198.51.100.1")


def test_signing_in_forgets_the_wrong_attempts_before(database: Database) -> None:
    add_ann(database)
    sign_ins = SignIns(database, CHEAP, Clock())
    for _ in range(3):
        for _ in range(MOST_FOR_ACCOUNT - 1):
            with pytest.raises(WrongCredentialsError):
                sign_ins.open(ANN, "wrong", "192.0.2.1")
        sign_ins.open(ANN, PASSWORD, "192.0.2.1")


async def test_attempts_made_at_once_do_not_pass_the_limit_together(database: Database) -> None:
    add_ann(database)
    sign_ins = SignIns(database, CHEAP, Clock())
    attempts = [asyncio.to_thread(sign_ins.open, ANN, "wrong", "192.0.2.1") for _ in range(30)]
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    assert sum(isinstance(outcome, WrongCredentialsError) for outcome in outcomes) <= MOST_FOR_ACCOUNT
    assert all(isinstance(outcome, WrongCredentialsError | TooManyAttemptsError) for outcome in outcomes)


def test_a_password_is_hashed_anew_when_the_parameters_grow(database: Database) -> None:
    add_ann(database)
    stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    SignIns(database, stronger, Clock()).open(ANN, PASSWORD, "192.0.2.1")
    with database.session() as session:
        (recruiter,) = session.scalars(select(Recruiter))
    assert not stronger.outdated(recruiter.password_hash)
    assert recruiter.password_hash.startswith("$argon2id$")
