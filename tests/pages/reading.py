"""Reading what a page says."""

import json
from typing import Any

from streamlit.testing.v1 import AppTest
from texts import seen


def said(test: AppTest) -> str:
    """All that a page says in text, to look for sentences in."""
    kinds = (test.markdown, test.caption, test.info, test.warning, test.error)
    return seen("\n".join(str(element.value) for kind in kinds for element in kind))


def sent(test: AppTest, name: str) -> list[dict[str, Any]]:
    """What the page's components of a name were given to draw."""
    return [
        json.loads(each.proto.json) for each in test.get("bidi_component") if each.proto.component_name == name
    ]
