"""`bench.intents` on odd files: it measures what it can and says plainly what it cannot, without the real encoder."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bench import intents
from bench.intents import (
    best_threshold,
    examples_of,
    main,
    measure,
    pick_threshold,
    read_csv,
    remarks,
    spoken,
)  # fmt: skip
from nlu.hybrid import Examples, Floats

TEXTS = {
    "card": ["where is my card", "my card has not come", "has the card been sent", "track my new card"],
    "rate": ["what is the exchange rate", "which rate do you use", "is the rate good", "rate for euros"],
    "top up": ["how do I top up", "top up failed", "can I top up by cheque", "my top up is pending"],
}
ROWS = [(text, label) for label, texts in TEXTS.items() for text in texts]
OUTSIDE = [("sing me a song", "oos"), ("who won the game", "oos")]


class BagOfWords:
    """Stands for the encoder: a unit vector made of a text's words."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def encode(self, texts: Sequence[str]) -> Floats:
        vectors = np.full((len(texts), 64), 1e-3, np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in text.lower().split():
                row[hashlib.blake2b(word.encode(), digest_size=1).digest()[0] % 64] += 1
        unit: Floats = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    def is_word(self, word: str) -> bool:
        return False


def write(file: Path, rows: Sequence[tuple[str, str]], heads: tuple[str, str] = ("text", "label")) -> Path:
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([heads, *rows])
    return file


def figures(
    train: Sequence[tuple[str, str]], test: Sequence[tuple[str, str]], reject: str = "oos"
) -> dict[str, float]:
    def columns(rows: Sequence[tuple[str, str]]) -> intents.Rows:
        return [text for text, _ in rows], [label for _, label in rows]

    return measure(columns(train), columns(test), reject, BagOfWords())  # type: ignore[arg-type]


def test_a_byte_order_mark_odd_heads_short_and_empty_rows_are_read(tmp_path: Path) -> None:
    file = tmp_path / "odd.csv"
    file.write_bytes("\ufeffid, Label ,TEXT\r\n1, top up ,“Hé”  you\r\n\r\n2,,nobody\r\n3,card\r\n".encode())
    assert read_csv(file) == (['"Hé" you', ""], ["top up", "card"])


@pytest.mark.parametrize("heads", [("text", "category"), ("sentence", "label"), ("Utterance", "Intent")])
def test_other_usual_names_of_the_columns_do(heads: tuple[str, str], tmp_path: Path) -> None:
    assert read_csv(write(tmp_path / "set.csv", ROWS[:1], heads)) == ([ROWS[0][0]], [ROWS[0][1]])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "expected the columns"),
        (b"text;label\na;b\n", "expected the columns"),
        (b"text,label\n", "at least one row"),
        (b"text,label\nhi,\n", "at least one row"),
        ("text,label\né,b\n".encode("latin-1"), "UTF-8"),
        ("text,label\na,b\n".encode("utf-16"), "UTF-8"),
        (b"text,label\na\0,b\n", "cannot be read"),
        (b'text,label\n"' + b"a" * 200_000, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_reason(
    content: bytes, reason: str, tmp_path: Path
) -> None:
    file = tmp_path / "set.csv"
    file.write_bytes(content)
    with pytest.raises(SystemExit, match=rf"set\.csv: .*{reason}"):
        read_csv(file)


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_a_file_that_is_none_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="cannot be read"):
        read_csv(tmp_path / name)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("card_arrival", "card arrival"),
        ("FindAlternative", "find alternative"),
        ("alarm/set-alarm", "alarm set alarm"),
        ("ABOUT US", "about us"),
        ("où_aller", "où aller"),
        ("q17", ""),
        ("42", ""),
        ("_", ""),
    ],
)
def test_a_label_is_spoken_as_its_words(label: str, name: str) -> None:
    assert spoken(label) == name


def test_examples_are_the_texts_and_the_names_of_labels_in_scope_each_once() -> None:
    texts, labels = ["hi", "hi", "", "hi", "top up", "no"], ["a1", "a1", "a1", "b2", "top_up", "oos"]
    assert examples_of(texts, labels, "oos") == (["hi", "hi", "top up", "no"], ["a1", "b2", "top_up", "oos"])


def test_every_figure_is_there_and_counts_the_test_messages() -> None:
    found = figures([*ROWS, *OUTSIDE], [*ROWS, *OUTSIDE])
    assert (found["in_scope"], found["out_of_scope"]) == (12, 2)
    assert found["in_scope_accuracy"] == found["auroc"] == 1
    assert not [name for name, value in found.items() if np.isnan(value)]


@pytest.mark.parametrize(
    "train",
    [
        ROWS,
        ROWS[:8],
        ROWS[:4],
        ROWS[:1],
        [*ROWS, ("close my account", "seen once")],
        [*ROWS, *ROWS, *ROWS],
        [*ROWS, *[(text, "rate") for text, _ in ROWS]],
        [*ROWS, ("", "card"), ("", "oos")],
        [("", "card"), ("", "rate")],
        [(text.upper(), label) for text, label in ROWS],
        [("где моя карта", "карта"), ("какой курс", "курс"), ("我的卡在哪里", "卡"), ("🙂", "x"), ("?", "x")],
        [(f"{text} {n}", label) for n in range(15) for text, label in [*ROWS, *OUTSIDE]],
        [("where is my card", "card"), *OUTSIDE * 30],
    ],
)
@pytest.mark.parametrize("test", [[*ROWS, *OUTSIDE], ROWS, OUTSIDE, [("", "card"), ("", "oos")]])
def test_whatever_there_is_to_learn_from_is_measured(
    train: list[tuple[str, str]], test: list[tuple[str, str]]
) -> None:
    found = figures(train, test)
    inside = {label for _, label in test} - {"oos"}
    assert np.isnan(found["in_scope_accuracy"]) == (not inside)
    assert np.isnan(found["auroc"]) == (not inside or test == ROWS)
    assert np.isfinite(found["threshold"])


def test_upper_case_changes_no_answer() -> None:
    test = [(text.upper(), label) for text, label in ROWS]
    assert figures(ROWS, test)["in_scope_accuracy"] == figures(ROWS, ROWS)["in_scope_accuracy"]


def test_without_a_label_in_scope_or_with_too_many_rows_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match="no text of any label in scope"):
        figures(OUTSIDE, ROWS)
    monkeypatch.setattr(intents, "_MOST_EXAMPLES", 10)
    with pytest.raises(SystemExit, match="TRAIN has 15 different rows"):
        figures(ROWS, ROWS)


def test_the_threshold_parts_right_answers_from_outsiders() -> None:
    heights = np.array([0.9, 0.8, 0.3, 0.2])
    inside = np.array([True, True, False, False])
    assert best_threshold(heights, inside, inside) == 0.8
    nothing = np.array([], bool)
    assert best_threshold(np.array([]), nothing, nothing) == 0


def test_what_may_mislead_is_remarked() -> None:
    train, test = (["a"], ["card"]), (["b", "c", "d"], ["OOS", "rate", "card"])
    missing, unknown = remarks(train, test, "oos")
    assert "no row of the reject label oos (but OOS)" in missing
    assert "2 rows of 2 labels that TRAIN lacks" in unknown
    assert not list(remarks(train, (["b"], ["oos"]), "oos"))


def test_the_command_prints_json_without_what_cannot_be_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(intents, "Encoder", BagOfWords)
    monkeypatch.setattr(intents, "is_built", lambda folder: True)
    file = str(write(tmp_path / "set.csv", ROWS))
    assert main([file, file, "--reject-label", " none "]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert (found["in_scope"], found["out_of_scope"], found["auroc"]) == (12, 0, None)
    assert "no row of the reject label none" in err


def test_without_an_encoder_it_says_how_to_build_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intents, "is_built", lambda folder: False)
    file = str(write(tmp_path / "set.csv", ROWS))
    with pytest.raises(SystemExit, match="bot train"):
        main([file, file, "--reject-label", "oos"])


def test_what_is_held_out_for_the_threshold_is_read_as_a_message_is() -> None:
    class Listening(BagOfWords):
        heard: list[str] = []

        def encode(self, texts: Sequence[str]) -> Floats:
            self.heard += texts
            return super().encode(texts)

    encoder = Listening()
    texts = [*(text for text, _ in ROWS), "top up with a crad"]
    labels = [*(label for _, label in ROWS), "top up"]
    examples = Examples(tuple(texts), tuple(labels), BagOfWords().encode(texts))
    pick_threshold(examples, encoder, "oos")  # type: ignore[arg-type]
    assert "top up with a card" in encoder.heard
