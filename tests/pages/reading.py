"""Reading what a page says."""

from streamlit.testing.v1 import AppTest


def said(test: AppTest) -> str:
    """All that a page says in text, to look for sentences in."""
    kinds = (test.markdown, test.caption, test.info, test.warning, test.error)
    return "\n".join(str(element.value) for kind in kinds for element in kind)
