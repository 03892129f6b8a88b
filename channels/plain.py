"""A reply as plain text, for channels that cannot set parts of it apart: terminal and Telegram."""

from __future__ import annotations

from channels.messages import Reply, Source
from wording import format_date, say


def plain_text(reply: Reply, language: str) -> str:
    """Text, what is not known, sources with title, year and address, and when it was last checked."""
    parts = [reply.text.strip()]
    if reply.unknown:
        parts.append(f"{say(language, 'reply.unknown')}\n{reply.unknown.strip()}")
    if reply.sources:
        lines = "\n".join(f"- {_source_line(source)}" for source in reply.sources)
        parts.append(f"{say(language, 'reply.sources')}\n{lines}")
    if reply.overdue:
        parts.append(say(language, "reply.overdue"))
    if reply.checked is not None:
        parts.append(say(language, "reply.checked", date=format_date(reply.checked, language)))
    return "\n\n".join(part for part in parts if part)


def source_label(source: Source) -> str:
    """A source's title with its year: OPP careers page (2024)."""
    return f"{source.title} ({source.year})" if source.year else source.title


def _source_line(source: Source) -> str:
    # "/privacy" and the like are pages of this service, which plain text cannot link to.
    return f"{source_label(source)}: {source.url}" if "://" in source.url else source_label(source)
