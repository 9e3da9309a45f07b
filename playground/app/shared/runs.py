"""Which run is looked at: in the URL, else the tab's last, else the newest."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from playground.app.components.errors import show_errors
from playground.app.components.heard import heard
from playground.app.components.markdown import literal, sentence
from playground.app.shared.address import write
from playground.app.shared.navigation import TRAIN
from playground.app.shared.session import Session
from playground.app.shared.words import run_label, run_labels
from playground.errors import RunNotFoundError
from playground.experiment.presets import name_for
from playground.lab.lab import Lab
from playground.training.record import Run, RunState

_MOST_OFFERED = 5


def watched_run(lab: Lab, tab: Session) -> Run | None:
    """The run of the Train page: the one in the address, else the tab's last, else a live or the newest one."""
    wanted = _asked_for(lab) or tab.watched or _newest(lab)
    if wanted is None:
        return None
    try:
        run = lab.library.run(wanted)
    except RunNotFoundError:  # its folder was removed
        tab.watched = None
        return None
    if lab.library.about(run.run).deleted is not None:
        st.warning(
            f"{literal(run.name)} was deleted. Undo on the Runs page restores it within a day. It is shown until "
            "then.",
            icon=":material/delete:",
        )
    if tab.watched not in (None, run.run):  # another run by a link
        tab.steps += 1
    watch(tab, run.run)
    return run


def watch(tab: Session, run: str) -> None:
    """Show this run on the Train page, and look at it on the others."""
    tab.watched = tab.run = run
    write("run", run)


def _asked_for(lab: Lab) -> str | None:
    """The run in the address; an unknown one is named and left aside, and its epoch with it."""
    asked = st.query_params.get("run")
    if asked is None:
        return None
    try:
        return lab.library.run(asked).run
    except RunNotFoundError as error:
        # which run is shown instead is a matter of the page, and there may be none
        st.warning(
            f"{sentence(error)} It was deleted, or the link is of another playground. "
            "You see what this page shows without a link.",
            icon=":material/link_off:",
        )
        write("run", None)
        write("epoch", None)
        return None


def _newest(lab: Lab) -> str | None:
    live = lab.library.live()
    if live:
        return live[0].run.run
    runs = lab.library.runs()
    return runs[-1].run if runs else None


def for_pictures(run: Run) -> bool:
    """Whether a run was trained for pictures from elsewhere: Predict shows it unless another is chosen."""
    return name_for(run.experiment) == "robust"


def newest_first(lab: Lab) -> tuple[Run, ...]:
    """All runs; the examples last."""
    return (*reversed(lab.library.runs()), *lab.library.examples())


def pick_run(lab: Lab, tab: Session, preferred: Callable[[Run], bool] = lambda _: False) -> Run | None:
    """A select box of the runs that can be looked at, newest first, examples last; what to do if none can.

    Where nobody has chosen yet it shows the first that is preferred, else the first of all.
    """
    found = lab.library.found()
    for problem in found.problems:
        st.sidebar.caption(f":material/warning: {sentence(problem)}")
    own = [run for run in reversed(found.runs) if run.has_weights]
    runs = [*own, *lab.library.examples()]
    if not runs:
        st.info(
            "There is no run yet. Train a network first; a few seconds are enough.",
            icon=":material/model_training:",
        )
        train_link()
        return None
    tab.run = _asked_for(lab) or tab.run
    run = _picked(tab, runs, preferred)
    if run.example:
        _introduce(run, alone=not own)
    if tab.run is None and own and not preferred(run):  # an example gives way to the first run of one's own
        tab.run = run.run
    if tab.run is not None:
        tab.run = run.run
        write("run", tab.run)
    return run


def _picked(tab: Session, runs: list[Run], preferred: Callable[[Run], bool]) -> Run:
    by_name = {run.run: run for run in runs}
    labels = run_labels(runs)
    # only where nobody has chosen: there may be a thousand runs to look through
    shown = tab.run if tab.run in by_name else next(filter(preferred, runs), runs[0]).run

    def chosen(name: str) -> None:
        if name not in by_name:  # a label that has changed since
            return
        tab.run = name
        tab.steps += 1
        write("run", name)

    key = "picked_run"
    st.session_state[key] = shown  # the tab knows better: on another page the box is a new one, which has no value
    name: str = st.sidebar.selectbox(
        "Run", by_name, format_func=lambda name: labels.get(name, name), key=key,
        on_change=heard(key, shown, chosen, by_name),
        help="Newest first: every run that kept weights, also one that was stopped early. Examples are last.",
    )  # fmt: skip
    return by_name[name]


def _introduce(run: Run, alone: bool) -> None:
    """Say what the example is, and how to get something of one's own."""
    words = "your own run replaces it" if alone else "it was not trained here"
    with st.container(horizontal=True, vertical_alignment="center"):
        name = literal(run.name)
        st.caption(
            f":material/school: **Example.** {name} is included in the playground; {words}.", width="content"
        )
        if alone:
            train_link()


def offer_interrupted(lab: Lab, tab: Session, shown: Run | None) -> None:
    """Runs that broke off with their process, other than the one shown, to be taken up again."""
    broke_off = [run for run in lab.library.runs() if run.state is RunState.INTERRUPTED and run != shown]
    if not broke_off:
        return
    count = len(broke_off)
    with st.expander(f"{count} interrupted run{'s' * (count > 1)} can be resumed", icon=":material/history:"):
        for run in reversed(broke_off[-_MOST_OFFERED:]):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.button(
                    "Resume", icon=":material/play_arrow:", key=f"resume-{run.run}",
                    on_click=_resumed, args=(lab, tab, run.run),
                )  # fmt: skip
                after = f"after epoch {len(run.epochs)} of {run.experiment.training.epochs}"
                st.caption(f"{sentence(run_label(run))}, {after}", width="content")
        if count > _MOST_OFFERED:
            st.caption(f"The newest {_MOST_OFFERED} are listed. Resume or delete some to see the others.")


def _resumed(lab: Lab, tab: Session, run: str) -> None:
    with show_errors():
        lab.trainer.resume(run)
        tab.steps += 1
        watch(tab, run)


def train_link() -> None:
    """The way to the Train page, for who has nothing to look at yet."""
    st.page_link(TRAIN.script, label="Train a network", icon=TRAIN.icon)
