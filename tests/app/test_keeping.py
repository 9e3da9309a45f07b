"""A draft that a browser gives back."""

import pytest

from playground.app.frame.draft_keeper import kept_word, take_up
from playground.app.shared.session import Session
from playground.experiment.link import packed
from playground.experiment.presets import PRESETS


def edited(*epochs: int) -> Session:
    tab = Session()
    tab.load_preset("accurate")
    for number in epochs:
        tab.draft["training"]["epochs"] = number
        tab.note()
    return tab


def steps(tab: Session) -> list[tuple[str, int]]:
    """Preset and epochs of what can be undone, of what is, and of what can be done again."""
    every = [*tab.undo, (tab.preset, tab.draft), *reversed(tab.redo)]
    return [(preset, document["training"]["epochs"]) for preset, document in every]


def test_another_session_goes_on_where_the_last_one_was():
    before = edited(5, 6, 7)
    before.back()
    after = Session()
    take_up(after, kept_word(before))
    assert steps(after) == steps(before)
    assert (after.draft, len(after.undo), len(after.redo)) == (before.draft, len(before.undo), 1)
    assert after.revision > 0
    after.forth()
    assert after.draft["training"]["epochs"] == 7


def test_what_came_by_a_link_lies_on_top():
    linked = Session()
    shared = PRESETS["lenet-relu"].experiment.model_dump(mode="json")
    linked.replace(shared)
    take_up(linked, kept_word(edited(5)))
    assert linked.draft == shared
    linked.back()
    assert (linked.preset, linked.draft["training"]["epochs"]) == ("accurate", 5)


def test_a_draft_that_contradicts_itself_is_left_out():
    before = edited(5)
    before.draft["training"]["batch_size"] = 0
    before.note()
    after = Session()
    take_up(after, kept_word(before))
    assert after.draft == before.undo[-1][1]


@pytest.mark.parametrize(
    "word",
    [
        "",
        "nonsense",
        packed(None),
        packed({"undo": []}),
        packed({"undo": [], "now": [1, 2], "redo": [[]]}),
        packed([[]]),
    ],
)
def test_what_is_damaged_changes_nothing(word: str):
    tab = Session()
    take_up(tab, word)
    assert tab == Session(begun=tab.begun)


def test_a_large_history_is_one_word_of_moderate_length():
    tab = edited(*range(1, 200))
    assert len(tab.undo) == 50
    assert len(kept_word(tab)) < 20_000
