"""The one place where faults become sentences on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from playground.app.components.markdown import sentence
from playground.errors import PlaygroundError


@contextmanager
def show_errors() -> Iterator[None]:
    """Show a fault's sentence instead of a traceback; the rest of the page goes on."""
    try:
        yield
    except PlaygroundError as error:
        st.error(sentence(error), icon=":material/error:")
    except OSError as error:
        st.error(sentence(f"{error.filename or 'A file'}: {error.strerror or error}."), icon=":material/error:")
