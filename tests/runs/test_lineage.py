"""Forks find their parents."""

from records import record

from playground.runs.lineage import families
from playground.training.record import Run


def fork(number: int, parent: Run, epoch: int) -> Run:
    return record(number, parent=parent.run, parent_epoch=epoch)


ROOT, OTHER = record(1), record(2)
LATE, EARLY = fork(3, ROOT, 2), fork(4, ROOT, 1)
GRANDCHILD = fork(5, LATE, 2)


def test_a_parent_stands_before_its_forks_and_the_latest_of_them_first() -> None:
    assert families([GRANDCHILD, LATE, EARLY, OTHER, ROOT]) == ((ROOT, LATE, GRANDCHILD, EARLY),)


def test_who_has_no_relatives_is_in_no_family() -> None:
    assert families([ROOT, OTHER]) == ()
    assert families([]) == ()


def test_where_the_parent_is_gone_its_forks_go_on() -> None:
    assert families([LATE, GRANDCHILD, OTHER]) == ((LATE, GRANDCHILD),)


def test_a_record_that_names_itself_ends_nothing() -> None:
    itself = record(6)
    itself = itself.model_copy(update={"parent": itself.run})
    assert families([itself, ROOT, EARLY]) == ((ROOT, EARLY),)
