"""What the coach says of a run, and what it would do."""

from __future__ import annotations

import streamlit as st

from playground.app.shared.navigation import TRAIN
from playground.app.shared.session import Session
from playground.app.train.fork_form import change_in_words, fork_form
from playground.coach.verdict import Advice, Remedy, Verdict
from playground.lab.lab import Lab
from playground.training.record import Run


def coach_panel(lab: Lab, tab: Session, run: Run) -> None:
    """Its faults, each with the evidence and a button for every remedy; what else was checked is folded away.

    Nothing before the first epoch, or while torch is being imported.
    """
    advice = lab.coaching.advise(run.run) if lab.is_warm else Advice()
    if not advice.verdicts:
        return
    with st.container(key="coach"):
        for verdict in advice.faults:
            _fault(lab, tab, run, verdict)
        if not advice.faults:
            st.markdown(f":material/task_alt: **Coach.** {advice.summary} {_checked(advice)}")
        with st.expander("What the coach checked", icon=":material/checklist:"):
            found = [f"- **{verdict.rule}**: no. {verdict.sentence}" for verdict in advice.sound]
            open_ = [f"- **{verdict.rule}**: cannot be checked. {verdict.sentence}" for verdict in advice.unjudged]
            st.markdown("\n".join([*found, *open_]))


def _checked(advice: Advice) -> str:
    """How many of the checks found nothing, so that it is not taken for all of them."""
    count, among = len(advice.sound), len(advice.verdicts)
    if count == among:
        return f"None of {count} checks found a fault."
    return f"None of {count} checks found a fault; {among - count} more cannot be checked yet."


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
    with_changes = f", where {changes}" if changes else ""
    explanation = f"Puts the run's experiment into the sidebar, to be trained from the start{with_changes}."
    key = f"remedy-{run.run}-{verdict.rule}-{remedy.words}"
    if st.button(remedy.words, icon=":material/edit:", key=key, help=explanation):
        tab.replace(run.experiment.changed(dict(remedy.changes)).model_dump(mode="json"))
        tab.notice = (
            f"From the coach: {run.name}, with {remedy.words.lower()}. Undo restores the previous settings."
        )
        st.switch_page(TRAIN.script)
