"""How a sentence quotes a value."""

_WORDS = {"None": "null", "True": "true", "False": "false"}  # as they stand in JSON


def shown(value: object) -> str:
    """A value as it stands in JSON, cut short where it is long."""
    text = repr(value) if isinstance(value, str) else _WORDS.get(str(value), str(value))
    return text if len(text) <= 60 else text[:57] + "..."
