"""Percentiles, sums of a load, and ratios."""

from __future__ import annotations

import pytest

from bench.figures import Sent, load_of, percentile, ratio


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(n) for n in range(100, 0, -1)]
    assert [percentile(values, each) for each in (50, 95, 99, 100)] == [50, 95, 99, 100]


def test_few_values_have_percentiles_too() -> None:
    assert [percentile([7.0], each) for each in (0, 50, 99)] == [7, 7, 7]
    assert percentile([1.0, 2.0, 3.0], 50) == 2
    assert percentile([1.0, 2.0, 3.0], 95) == 3


def test_nothing_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="of nothing"):
        percentile([], 50)


def test_a_load_lasts_from_the_first_due_to_the_last_over() -> None:
    load = load_of([Sent(10.0, 10.1, True, True), Sent(10.5, 11.0, True), Sent(11.0, 12.0, True)])
    assert load.per_second == pytest.approx(1.5)
    assert (load.messages, load.failed, load.right) == (3, 0, pytest.approx(1 / 3))


def test_a_failed_message_counts_with_its_wait_but_not_as_answered() -> None:
    load = load_of([Sent(0.0, 1.0, True), Sent(0.0, 30.0, False)])
    assert (load.failed, load.p99) == (1, 30_000)
    assert load.per_second == pytest.approx(1 / 30)


@pytest.mark.parametrize(
    ("better", "other", "times"), [(10.0, 2.0, 5.0), (None, 2.0, None), (1.0, 0.0, None)]
)
def test_a_ratio_of_what_is_unknown_is_unknown(
    better: float | None, other: float | None, times: float | None
) -> None:
    assert ratio(better, other) == times
