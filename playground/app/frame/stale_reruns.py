"""Reruns of a fragment whose page the tab has left, which Streamlit takes for a way back to that page.

A browser names the page it shows with everything that it sends. What a fragment sends while the tab goes to
another page, such as its timer or a stroke on the canvas, names the page that is left. Streamlit 1.67 then either
forgets where the tab was going, or runs nothing and lets the browser show the page that was left, by then empty.
"""

from __future__ import annotations

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests, ScriptRequestType


def ignore_stale_reruns() -> None:
    """Make this process leave out reruns of a fragment on another page than the tab's; to be called once."""
    run_script, request_rerun = ScriptRunner._run_script, ScriptRequests._request_rerun_locked

    def run(self: ScriptRunner, rerun_data: RerunData) -> None:
        if not _is_stale(rerun_data, self._pages_manager.current_page_script_hash):
            run_script(self, rerun_data)

    def request(self: ScriptRequests, new_data: RerunData) -> bool:
        waits, waiting = self._state is ScriptRequestType.RERUN, self._rerun_data
        if waits and not _is_of_fragment(waiting) and _is_stale(new_data, waiting.page_script_hash):
            return True  # it is taken care of: the page that the tab goes to is run anyway
        return request_rerun(self, new_data)

    setattr(ScriptRunner, "_run_script", run)  # noqa: B010  mypy knows that a method is replaced, and refuses
    setattr(ScriptRequests, "_request_rerun_locked", request)  # noqa: B010


def _is_of_fragment(rerun: RerunData) -> bool:
    return bool(rerun.fragment_id or rerun.fragment_id_queue)


def _is_stale(rerun: RerunData, page: str) -> bool:
    """Whether a fragment is to be run on another page than the tab's."""
    return _is_of_fragment(rerun) and rerun.page_script_hash not in ("", page)
