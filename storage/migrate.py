"""Brings a database to the newest revision of its tables; see migrations/README.md for adding one."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from storage.database import Database

MIGRATIONS = Path(__file__).with_name("migrations")
# Any number will do, as long as nothing else of ours takes it (booking's locks have two numbers).
_LOCK = 42_000


def migrate(database: Database, to: str = "head") -> None:
    """Upgrade to revision `to`. Processes that start together wait for the first to finish."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.engine.connect() as connection:
        connection = connection.execution_options(sqlite_begin="IMMEDIATE")
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            config.attributes["connection"] = connection
            command.upgrade(config, to)
