"""The recruiters' desk: what the assistant could not answer, and what it answers with."""

from console.setup import add_console

__all__ = ["add_console"]
