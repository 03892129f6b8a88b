"""The classifier: high for its own, low for strangers, and an update that is as good as a new fit."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pytest

from nlu.hybrid import Examples, Floats, HybridModel, Shape
from tests.impact.builders import ENCODER

AGE = ("how old must I be", "what is the minimum age", "am I too old", "how young may a recruit be")
PAY = ("what does a constable earn", "how much is the salary", "is the pay good")
SIGHT = ("may I wear glasses", "how good must my eyes be", "is laser surgery allowed")
STRANGERS = ("bake me chocolate cake", "zebra quantum xylophone", "who won hockey yesterday")
# The meaning alone, each example weighing the same: then an update is a new fit to the last digit.
EXACT = Shape(meaning=1.0, balance=0.0)
USUAL = Shape(meaning=0.65, balance=0.0)


def examples(**texts: Collection[str]) -> Examples:
    pairs = [(text, label) for label, members in texts.items() for text in members]
    every = tuple(text for text, _ in pairs)
    return Examples(every, tuple(label for _, label in pairs), ENCODER.encode(every))


def scored(model: HybridModel, *texts: str) -> dict[str, Floats]:
    """The column of each class, one score a text."""
    rows = model.scores(texts, ENCODER.encode(texts))
    return {label: rows[:, n] for n, label in enumerate(model.classes)}


def assert_alike(one: HybridModel, other: HybridModel, within: float) -> None:
    texts = (*AGE, *PAY, *SIGHT, *STRANGERS, "how old is the pay", "glasses for a recruit")
    assert one.classes == other.classes
    left, right = scored(one, *texts), scored(other, *texts)
    for label in one.classes:
        np.testing.assert_allclose(left[label], right[label], atol=within)


def test_own_examples_score_high_and_strangers_low() -> None:
    model = HybridModel.fit(examples(age=AGE, pay=PAY, sight=SIGHT), Shape(alpha=0.1))
    for label, own in (("age", AGE), ("pay", PAY), ("sight", SIGHT)):
        assert scored(model, *own)[label].min() > 0.7
        others = {name: scores for name, scores in scored(model, *own).items() if name != label}
        assert max(scores.max() for scores in others.values()) < 0.3
    assert max(scores.max() for scores in scored(model, *STRANGERS).values()) < 0.35


def test_a_misspelt_word_is_still_near_by_its_letters() -> None:
    model = HybridModel.fit(examples(age=AGE, pay=PAY, sight=SIGHT))
    found = scored(model, "glases", "sallary")
    assert found["sight"][0] == max(scores[0] for scores in found.values())
    assert found["pay"][1] == max(scores[1] for scores in found.values())


@pytest.mark.parametrize(("shape", "within"), [(EXACT, 2e-4), (USUAL, 0.1)])
@pytest.mark.parametrize("change", ["added", "removed", "both", "new class", "class gone"])
def test_an_update_is_as_good_as_a_new_fit(shape: Shape, within: float, change: str) -> None:
    whole = examples(age=AGE, pay=PAY, sight=SIGHT)
    few = examples(age=AGE[:2], pay=PAY)
    if change == "added":
        updated = HybridModel.fit(few, shape).changed([], examples(age=AGE[2:]))
        wanted = examples(age=AGE, pay=PAY)
    elif change == "removed":
        updated = HybridModel.fit(whole, shape).changed([0, 5], None)
        wanted = examples(age=AGE[1:], pay=(PAY[0], PAY[2]), sight=SIGHT)
    elif change == "both":
        updated = HybridModel.fit(few, shape).changed([0, 2], examples(age=AGE[2:], pay=("decent wages",)))
        wanted = examples(age=AGE[1:], pay=(*PAY[1:], "decent wages"))
    elif change == "new class":
        updated = HybridModel.fit(few, shape).changed([], examples(sight=SIGHT))
        wanted = examples(age=AGE[:2], pay=PAY, sight=SIGHT)
    else:
        updated = HybridModel.fit(whole, shape).changed([4, 5, 6], None)
        wanted = examples(age=AGE, sight=SIGHT)
    assert_alike(updated, HybridModel.fit(wanted, shape), within)


def test_an_update_leaves_the_model_that_it_was_made_from_as_it_was() -> None:
    model = HybridModel.fit(examples(age=AGE, pay=PAY))
    before = scored(model, *AGE)["age"].copy()
    changed = model.changed([0], examples(sight=SIGHT))
    assert changed.base is model
    np.testing.assert_array_equal(scored(model, *AGE)["age"], before)


def test_a_held_out_score_is_what_a_fit_without_the_example_gives() -> None:
    every = examples(age=AGE, pay=PAY, sight=SIGHT)
    held_out = HybridModel.fit(every, EXACT).held_out_scores()
    for n, text in enumerate(every.texts):
        rest = [m for m in range(len(every.texts)) if m != n]
        others = Examples(
            tuple(every.texts[m] for m in rest), tuple(every.labels[m] for m in rest), every.vectors[rest]
        )
        alone = HybridModel.fit(others, EXACT).scores([text], every.vectors[[n]])[0]
        np.testing.assert_allclose(held_out[n], alone, atol=2e-4)


def test_fitted_scores_are_those_of_the_examples_themselves() -> None:
    model = HybridModel.fit(examples(age=AGE, pay=PAY))
    direct = model.scores(model.examples.texts, model.examples.vectors)
    np.testing.assert_allclose(model.fitted_scores(), direct, atol=2e-4)


def test_balance_lifts_the_label_of_few_examples() -> None:
    given = examples(age=AGE, pay=PAY[:1])
    equal = HybridModel.fit(given, Shape(balance=0.0))
    balanced = HybridModel.fit(given, Shape(balance=1.0))
    assert scored(balanced, PAY[0])["pay"][0] > scored(equal, PAY[0])["pay"][0]
    assert scored(balanced, AGE[0])["age"][0] < scored(equal, AGE[0])["age"][0]


def test_a_model_kept_by_its_numbers_scores_the_same() -> None:
    model = HybridModel.fit(examples(age=AGE, pay=PAY), USUAL)
    assert_alike(HybridModel.with_dual(model.examples, model.dual, USUAL), model, 1e-6)


def test_the_nearest_example_of_a_label_is_told() -> None:
    model = HybridModel.fit(examples(age=AGE, pay=PAY))
    asked = "minimum age please"
    row = model.similarities([asked], ENCODER.encode([asked]))[0]
    text, alike = model.nearest("age", row)
    assert text == "what is the minimum age"
    assert 0 < alike <= 1.001
    assert model.nearest("pay", row)[0] in PAY


def test_no_examples_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one example"):
        Examples((), (), np.zeros((0, 64), np.float32))


def test_an_example_without_a_label_or_a_vector_is_refused() -> None:
    with pytest.raises(ValueError, match="a text, a label and a vector"):
        Examples(("one", "two"), ("age",), ENCODER.encode(["one", "two"]))
    with pytest.raises(ValueError, match="a text, a label and a vector"):
        Examples(("one", "two"), ("age", "age"), ENCODER.encode(["one"]))
