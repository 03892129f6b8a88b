"""A stock Rasa project with the same articles, made for `bench.turns` to compare with."""

from bench.stock.project import write_project

__all__ = ["write_project"]
