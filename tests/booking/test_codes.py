"""Codes: read as people type them, and never taken for one where there is none."""

from __future__ import annotations

import pytest

from booking.codes import ALPHABET, new_code, read_code


@pytest.mark.parametrize(
    "text",
    [
        "7KQX-M4TZ",
        "7kqx-m4tz",
        "7kqxm4tz",
        " 7KQX M4TZ ",
        "my code is 7kqx – m4tz.",
        "7 k q x m 4 t z",
        "(7KQX.M4TZ)",
    ],
)
def test_a_code_is_read_as_people_type_it(text: str) -> None:
    assert read_code(text) == "7KQX-M4TZ"


@pytest.mark.parametrize(
    "text", ["", "how old do I have to be", "7KQX", "7KQX-M4TZ9", "I lost it", "0000-1111", "je ne sais plus"]
)
def test_other_words_are_no_code(text: str) -> None:
    assert read_code(text) is None


def test_codes_differ_and_are_easily_told_apart() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert not set("0O1IL5S8BAEU") & set(ALPHABET)
    assert all(read_code(code) == code for code in codes)
