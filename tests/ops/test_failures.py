"""A log tells where something failed and of what kind; no name and no address that the exception quotes."""

from __future__ import annotations

import asyncio
import gc
import io
import logging
from collections.abc import Iterator

import pytest
from sqlalchemy.exc import IntegrityError

from failures import Discreet, where

ADDRESS = "jane@example.org"


def fails() -> None:
    try:
        raise ValueError(f"Failing row contains ({ADDRESS})")
    except ValueError as error:
        raise IntegrityError("INSERT INTO booking", {"email": ADDRESS}, error) from error


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What is logged, in the server's form."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Discreet())
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def test_a_failure_is_told_by_its_kind_its_causes_and_its_place() -> None:
    with pytest.raises(IntegrityError) as raised:
        fails()
    told = where(raised.value)
    assert told.startswith("IntegrityError from ValueError\n")
    assert "in fails" in told
    assert ADDRESS not in told


def test_what_a_library_logs_of_an_exception_is_no_more(log: io.StringIO) -> None:
    try:
        fails()
    except IntegrityError:
        logging.getLogger("aiohttp.server").exception("Error handling request")
    told = log.getvalue()
    assert "ERROR aiohttp.server: Error handling request\nIntegrityError from ValueError\n" in told
    assert "in fails" in told
    assert ADDRESS not in told


async def test_a_task_that_nobody_waited_for_quotes_nobody(log: io.StringIO) -> None:
    async def task() -> None:
        fails()

    await asyncio.wait({asyncio.create_task(task())})
    gc.collect()
    told = log.getvalue()
    assert "ERROR asyncio: Task exception was never retrieved\nIntegrityError" in told
    assert ADDRESS not in told
