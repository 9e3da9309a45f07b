"""What is said in a few words."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from records import record
from texts import HOSTILE, seen

from playground.app.components.clock import when
from playground.app.components.markdown import in_figure, literal, sentence
from playground.app.shared.words import run_label, run_labels
from playground.errors import RunError
from playground.text.sentences import one_line
from playground.training.record import RunState


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_from_anywhere_is_seen_as_it_is_on_one_line(text: str) -> None:
    assert seen(literal(text)) == one_line(text)
    assert "\n" not in literal(text)
    literal(text).encode()


def test_plain_words_are_left_alone() -> None:
    assert literal("bn-dropout 2, from epoch 3 (mirrored)") == "bn-dropout 2, from epoch 3 (mirrored)"


def test_a_long_text_is_cut() -> None:
    assert seen(literal("a b" * 10**6)) == ("a b" * 27)[:79] + "…"
    assert len(sentence(RunError("long " * 10**6))) <= 1000


def test_what_cannot_be_seen_is_seen() -> None:
    assert one_line("boot\u202egnp.exe\x1b[2J\x00 \ud800") == "boot\ufffdgnp.exe\ufffd[2J\ufffd \ufffd"
    assert one_line(" two \r\n\n lines\u2028of\x85it ") == "two lines of it"


def test_a_figure_shows_tags_as_text() -> None:
    assert in_figure("<a href='http://x'>b</a> & c") == "&lt;a href='http://x'&gt;b&lt;/a&gt; &amp; c"


def test_runs_that_would_have_the_same_label_are_told_apart() -> None:
    one, same, other = record(1), record(2), record(3, name="other")
    labels = run_labels([one, same, other])
    assert labels[other.run] == run_label(other)
    assert labels[one.run] == f"{run_label(one)} · {one.run}"
    assert len(set(labels.values())) == 3


def test_the_label_of_a_run_stays_while_it_is_trained() -> None:
    begun = record(1, state=RunState.RUNNING, epochs=())
    later = record(1, state=RunState.RUNNING)
    assert run_label(begun) == run_label(later)
    assert run_label(record(1)) != run_label(later)


def test_a_time_is_said_in_a_zone_with_its_name() -> None:
    time = datetime(2026, 11, 30, 13, 7, tzinfo=UTC)
    assert when(time, ZoneInfo("Asia/Tokyo")) == "30 Nov 22:07 JST"
    assert when(time, ZoneInfo("America/Sao_Paulo")) == "30 Nov 10:07 UTC-03"
