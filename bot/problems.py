"""What is said when something is not in order: what, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# Exit status of a command that something in its surroundings keeps from working.
EXIT_STATUS = 2


@dataclass(frozen=True)
class Problem:
    """One thing that is not in order; `where` is a setting, a file with its line, or an address."""

    what: str
    where: str
    mend: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}\n    {self.mend}"


class NotInOrder(Exception):
    """The command cannot go on; `problems` are for the person who runs it."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(report(problems))
        self.problems = problems


def refuse(problems: Iterable[Problem]) -> None:
    """Raise `NotInOrder` when there is any problem."""
    found = tuple(problems)
    if found:
        raise NotInOrder(*found)


def report(problems: Iterable[Problem]) -> str:
    """All problems as lines for a terminal."""
    return "\n".join(f"- {problem}" for problem in problems)
