"""The one settings object, read from the environment once; nothing else reads `os.environ`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints

ROOT = Path(__file__).resolve().parent
PREFIX = "SIGNPOST_"


class SettingsError(Exception):
    """A setting has a value that cannot be read; the message names the variable and the mend."""


def _setting(default: Any, help: str) -> Any:
    return field(default=default, metadata={"help": help})


@dataclass(frozen=True)
class Settings:
    """Every setting: its name in the environment is `SIGNPOST_` and the field's name in capitals."""

    host: str = _setting("127.0.0.1", "Address that the web server listens on.")
    port: int = _setting(8080, "Port that the web server listens on.")
    public_url: str = _setting("", "Address that prospects see, where it differs from host and port.")
    database_url: str = _setting(
        f"sqlite:///{ROOT / 'var' / 'signpost.db'}", "SQLAlchemy address of Signpost's own database."
    )
    tracker_database: str = _setting(
        str(ROOT / "var" / "tracker.db"), "SQLite file of Rasa's conversation tracker."
    )
    models_dir: Path = _setting(ROOT / "models", "Folder of trained models and of the sentence encoder.")
    articles_dir: Path = _setting(ROOT / "knowledge" / "articles", "Folder of article files.")
    telegram_token: str = _setting("", "Bot token from Telegram; empty means that Telegram is off.")
    telegram_api_url: str = _setting("", "Address of a Bot API server other than Telegram's own.")
    timezone: str = _setting("America/Toronto", "Time zone of dates that belong to no information session.")
    service_name: str = _setting("Signpost", "What the assistant calls itself on pages.")
    organisation: str = _setting("Ontario Provincial Police", "The service that it recruits for.")
    organisation_fr: str = _setting("Police provinciale de l'Ontario", "The same in French.")
    contact_url: str = _setting("https://www.opp.ca/careers", "Recruiters' contact page.")
    retention_hours: int = _setting(
        24, "Hours after which a conversation's raw messages are deleted (masked questions stay)."
    )
    messages_per_minute: int = _setting(
        20, "Messages a minute taken from one conversation, on the web or on Telegram."
    )
    messages_per_minute_address: int = _setting(
        300, "Messages a minute taken from one network address; a school or a job fair may share one."
    )
    proxies: int = _setting(
        0, "Reverse proxies in front: how many last addresses of X-Forwarded-For are believed."
    )
    workers: int = _setting(
        2, "Processes that answer, about 1 GB each, beside the server's own; as many as there are cores."
    )
    log_level: str = _setting("INFO", "Lowest level that is logged: DEBUG, INFO, WARNING or ERROR.")


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings from `environ`; raises `SettingsError` on a value that does not fit."""
    types = get_type_hints(Settings)
    values: dict[str, Any] = {}
    for f in fields(Settings):
        raw = environ.get(PREFIX + f.name.upper())
        if raw is None:
            continue
        try:
            values[f.name] = types[f.name](raw)
        except ValueError as error:
            raise SettingsError(f"{PREFIX}{f.name.upper()}={raw!r}: {error}") from error
    return Settings(**values)


def from_environment() -> Settings:
    """The settings of this process; for code that a framework makes without arguments."""
    return load_settings(os.environ)


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment of a process that is to have these settings."""
    own = {PREFIX + each.name.upper(): str(getattr(settings, each.name)) for each in fields(settings)}
    return {**os.environ, **own}
