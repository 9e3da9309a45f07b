"""What the coach says of a run, and what it would do."""

from __future__ import annotations

import streamlit as st

from playground.core.run import Run
from playground.core.verdict import Remedy, Verdict
from playground.services.lab import Lab
from playground.ui.fork_form import change_in_words, fork_form
from playground.ui.session import Session


def coach_panel(lab: Lab, tab: Session, run: Run) -> None:
    """Its faults, each with the evidence and a button for every remedy; what else was checked is folded away.

    Nothing before the first epoch, or while torch is being imported.
    """
    verdicts = lab.coach(run.run) if lab.is_warm else ()
    if not verdicts:
        return
    faults = [verdict for verdict in verdicts if verdict.fault]
    with st.container(key="coach"):
        for verdict in faults:
            _fault(lab, tab, run, verdict)
        sound = [verdict for verdict in verdicts if not verdict.fault]
        if not faults:
            so_far = " so far" if run.state.is_live else ""
            st.markdown(f":material/task_alt: **Coach.** Nothing wrong was found{so_far}.")
        if sound:
            with st.expander(f"What {'else ' if faults else ''}the coach checked", icon=":material/checklist:"):
                st.markdown("\n".join(f"- **{verdict.rule}**: no. {verdict.sentence}" for verdict in sound))


def _fault(lab: Lab, tab: Session, run: Run, verdict: Verdict) -> None:
    st.markdown(f":material/stethoscope: **Coach.** {verdict.sentence}")
    with st.container(horizontal=True):
        for remedy in verdict.remedies:
            if remedy.after is None or not run.has_weights:
                _in_the_sidebar(tab, run, remedy, verdict)
            elif run.state.is_final:
                fork_form(lab, tab, run, remedy)
    if run.state.is_live and any(remedy.after is not None for remedy in verdict.remedies):
        st.caption("When the run is over, or stopped, a fork with the remedy can be started here.")


def _in_the_sidebar(tab: Session, run: Run, remedy: Remedy, verdict: Verdict) -> None:
    """What cannot go on with the same weights is put into the sidebar, to be trained from the start."""
    changes = "; ".join(change_in_words(path, value) for path, value in remedy.changes.items())
    explanation = f"Puts the run's experiment into the sidebar, to be trained from the start: {changes}."
    key = f"remedy-{run.run}-{verdict.rule}-{remedy.words}"
    if st.button(remedy.words, icon=":material/edit:", key=key, help=explanation):
        tab.replace(run.experiment.changed(dict(remedy.changes)).model_dump(mode="json"))
        tab.notice = f"From the coach: {run.name}, with {remedy.words.lower()}. Undo brings back what was here."
        st.switch_page("pages/train/train.py")
