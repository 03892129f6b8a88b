"""The trained core, loaded once, with databases of the tests' own; each test is a person of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from uuid import uuid4

import pytest

from actions.base import Services
from bot.core import RasaCore
from bot.installation import check_model
from bot.loading import loaded_core
from settings import PREFIX, from_environment
from tests.core.conversation import Person


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RasaCore, Services]]:
    """The core and its services on the model in models/ and on temporary databases."""
    folder = tmp_path_factory.mktemp("model")
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as environment:
            # The graph components read the settings from the environment while they load, and only then.
            environment.setenv(f"{PREFIX}DATABASE_URL", f"sqlite:///{folder / 'signpost.db'}")
            environment.setenv(f"{PREFIX}TRACKER_DATABASE", str(folder / "tracker.db"))
            settings = from_environment()
            for problem in check_model(settings):
                missing = f"the model tests need a trained model: {problem.what}. {problem.mend}"
                if os.environ.get("CI"):
                    pytest.fail(missing)
                pytest.skip(missing)
            found = stack.enter_context(loaded_core(settings, examples=True))
        yield found


@pytest.fixture(scope="session")
def core(loaded: tuple[RasaCore, Services]) -> RasaCore:
    return loaded[0]


@pytest.fixture(scope="session")
def services(loaded: tuple[RasaCore, Services]) -> Services:
    return loaded[1]


@pytest.fixture
def someone(core: RasaCore) -> Callable[[], Person]:
    """Makes a person who has said nothing yet."""
    return lambda: Person(core, sender=f"web:{uuid4().hex}")


@pytest.fixture
def person(someone: Callable[[], Person]) -> Person:
    return someone()
