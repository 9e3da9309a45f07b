"""Deleting the runs that are chosen, and bringing them back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from playground.app.components.markdown import sentence
from playground.app.shared.session import Session
from playground.app.shared.words import listed, shortened
from playground.errors import PlaygroundError
from playground.lab.lab import Lab
from playground.training.record import Run


def delete_buttons(lab: Lab, tab: Session, chosen: Sequence[Run]) -> None:
    """Delete what is chosen, and undo it. Of each is told what became of it, and why where it is still there."""
    names = {run.run: run.name for run in chosen}
    if chosen:
        several = f" {len(names)} runs:" if len(names) > 1 else ""
        st.button(
            f"Delete{several} {sentence(listed(names.values()))}", icon=":material/delete:", key="delete",
            on_click=_delete, args=(lab, tab, names), help="They can be brought back for a day.",
        )  # fmt: skip
    for complaint in tab.complaints:
        st.error(sentence(complaint), icon=":material/error:")
    tab.complaints = ()
    if not tab.deleted:
        return
    gone = tab.deleted[-1]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"Deleted: {sentence(listed(gone.values()))}; they are removed for good after a day.", width="content"
        )
        st.button(
            "Undo", icon=":material/undo:", key="undelete", on_click=_bring_back, args=(lab, tab, gone),
            help=f"Brings back {sentence(listed(gone.values()))}.",
        )  # fmt: skip


def _delete(lab: Lab, tab: Session, names: dict[str, str]) -> None:
    done = _each(lab.library.delete, tab, names, "was not deleted")
    if done:
        tab.deleted = (*tab.deleted, done)


def _bring_back(lab: Lab, tab: Session, names: dict[str, str]) -> None:
    back = _each(lab.library.bring_back, tab, names, "was not brought back")
    left = {run: name for run, name in names.items() if run not in back}
    others = tuple(each for each in tab.deleted if each is not names)
    tab.deleted = (*others, left) if left else others


def _each(change: Callable[[str], None], tab: Session, names: dict[str, str], undone: str) -> dict[str, str]:
    """Do something to each run, whatever becomes of the others. Returns those to which it was done."""
    done, complaints = dict[str, str](), list[str]()
    for run, name in names.items():
        try:
            change(run)
            done[run] = name
        except (PlaygroundError, OSError) as error:
            complaints.append(f"{shortened(name, 40)} {undone}: {error}")
    tab.complaints = tuple(complaints)
    return done
