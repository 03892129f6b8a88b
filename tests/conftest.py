"""The order of the tests, and the surroundings that the server has too."""

from __future__ import annotations

import pytest

from bot.surroundings import quiet_libraries


def pytest_configure(config: pytest.Config) -> None:
    quiet_libraries()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Quick tests first, then those that load a trained model, then the browser: what is cheap fails first."""
    items.sort(
        key=lambda item: (bool(item.get_closest_marker("browser")), bool(item.get_closest_marker("model")))
    )
