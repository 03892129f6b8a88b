"""The database as its users meet it: what breaks outside is not theirs to notice."""

from __future__ import annotations

from sqlalchemy import text

from storage import Database


def test_a_database_server_that_was_restarted_costs_nobody_an_error(empty_database: Database) -> None:
    empty_database.ping()
    if empty_database.engine.dialect.name == "postgresql":
        other = Database(empty_database.engine.url.render_as_string(hide_password=False))
        with other.session() as session:
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            session.execute(text(f"{ended} AND datname = current_database()"))
        other.close()
    empty_database.ping()
