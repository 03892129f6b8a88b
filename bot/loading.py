"""The core with all that it needs, for every command that talks: the trained model, the database, the actions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from actions.base import Services
from bot.core import RasaCore
from bot.installation import check_model, given_services
from bot.problems import refuse
from bot.train import usable_model
from settings import Settings


@contextmanager
def loaded_core(
    settings: Settings, examples: bool = False, fill: bool = True
) -> Iterator[tuple[RasaCore, Services]]:
    """The core on the current model and a filled database, closed at the end; raises `NotInOrder`.

    With `examples`, example information sessions are added when none is to come. Without `fill`, the database is taken
    as it is.
    """
    refuse(check_model(settings))
    with given_services(settings, examples, fill) as services, core_on(services) as core:
        yield core, services


@contextmanager
def core_on(services: Services) -> Iterator[RasaCore]:
    """The core on the current model, with these services."""
    core = RasaCore.load(usable_model(services.settings), services)
    try:
        yield core
    finally:
        core.close()
