"""The database: engine, declarative base, sessions and migrations."""

from storage.database import Base, Database, utc

__all__ = ["Base", "Database", "utc"]
