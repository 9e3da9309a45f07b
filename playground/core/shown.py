"""How a sentence quotes a value."""

_WORDS = {"None": "null", "True": "true", "False": "false"}  # as they stand in JSON


def shown(value: object) -> str:
    """A value as it stands in JSON, cut short where it is long."""
    text = repr(value) if isinstance(value, str) else _in_json(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _in_json(value: object) -> str:
    try:
        return _WORDS.get(str(value), str(value))
    except ValueError:  # Python does not write out numbers of more than some thousand digits
        return "a number of thousands of digits"
