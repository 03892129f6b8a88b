"""The migrations make exactly the tables that the models describe."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage import Base, Database
from storage.migrate import MIGRATIONS, migrate
from tests.booking.builders import sqlite

# Every area with tables; a new one adds the module of its models here, with its revision.
AREAS = [
    "booking.models",
    "channels.telegram.store",
    "channels.web.log",
    "console.models",
    "knowledge.store",
    "knowledge.turns",
]


def _differences(database: Database) -> list[object]:
    ours = {mapper.local_table.name for area in AREAS for mapper in _mappers(area)}
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, parents: kind != "table" or name in ours,
                "include_object": lambda thing, name, kind, reflected, other: kind != "table" or name in ours,
            },
        )
        return list(compare_metadata(context, Base.metadata))


def _mappers(area: str) -> list[object]:
    import_module(area)
    return [mapper for mapper in Base.registry.mappers if mapper.class_.__module__ == area]


def test_migrations_and_models_agree(database: Database) -> None:
    assert _differences(database) == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    migrate(database)
    assert _differences(database) == []


def test_processes_that_start_together_migrate_once(empty_database: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: migrate(empty_database), range(4)))
    assert _differences(empty_database) == []


def test_revisions_are_one_line() -> None:
    assert len(ScriptDirectory(str(MIGRATIONS)).get_heads()) == 1


def test_a_database_can_be_taken_in_use_from_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    sqlite(tmp_path / "new" / "folder").close()
