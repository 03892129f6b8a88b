"""The core with all that it needs, for every command that talks: the trained model, the database, the actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from actions.base import Services
from bot.core import RasaCore
from bot.installation import check_model, fill_database, open_database
from bot.problems import refuse
from bot.train import usable_model
from knowledge.store import ArticleStore
from settings import Settings
from storage import utc

# How old may be what a turn knows of the published articles: far below the two seconds that are promised.
FRESH_SECONDS = 0.25


@contextmanager
def loaded_core(
    settings: Settings, examples: bool = False, tell: Callable[[str], None] | None = None
) -> Iterator[tuple[RasaCore, Services]]:
    """The core on the current model and a filled database, closed at the end; raises `NotInOrder`.

    With `examples`, example information sessions are added when none is to come. `tell` hears which articles are
    withdrawn because their files are gone.
    """
    refuse(check_model(settings))
    with open_database(settings) as database:
        released = fill_database(settings, database, utc(), examples)
        if released.withdrawn and tell is not None:
            tell(f"Withdrawn, because their files are gone: {', '.join(released.withdrawn)}.")
        services = Services(database, ArticleStore(database, FRESH_SECONDS), utc, settings)
        core = RasaCore.load(usable_model(settings), services)
        try:
            yield core, services
        finally:
            core.close()
