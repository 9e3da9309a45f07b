"""What pydantic finds wrong, said to a person: the path, the value, the reason, the remedy."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from playground.experiment.variants import VARIANTS
from playground.text.sentences import shown

Details = dict[str, Any]
MOST = 20
"""Faults that are told one by one: nobody reads more."""
_YES, _NO = ("true", "yes", "on", "1", "y"), ("false", "no", "off", "0", "n")


def sentences(error: ValidationError, whole: str = "The experiment") -> list[str]:
    """One sentence for each of the first faults of a document, in its order; `whole` is what it is called."""
    found = list(dict.fromkeys(_sentence(detail, whole) for detail in error.errors()[:MOST]))
    more = error.error_count() - MOST
    return [*found, f"And {more:,} more."] if more > 0 else found


def _sentence(detail: Any, whole: str) -> str:
    path = _path(detail["loc"]) or whole
    say = _REASONS.get(detail["type"])
    context = detail.get("ctx", {})
    reason = say(detail["input"], context) if say else f"{shown(detail['input'])} cannot stand here"
    if detail["type"] == "dict_type" and isinstance(detail["input"], str):  # one of several variants, by its tag
        tag = "name" if path.rpartition(".")[2] in VARIANTS else "kind"
        reason = f"{shown(detail['input'])} is not a group of settings. Set {path}.{tag} to it"
    return f"{path}: {reason}."


def _path(location: tuple[int | str, ...]) -> str:
    """The path of a setting. Pydantic puts the tag of a union behind its field; no setting is named so."""
    pairs = zip((None, *location), location, strict=False)
    return ".".join(_cut(str(part)) for before, part in pairs if not _is_tag(before, part))


def _cut(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:57]}..."


def _is_tag(before: int | str | None, part: int | str) -> bool:
    registry = VARIANTS.get("kind" if isinstance(before, int) else before or "")  # layers differ in their kind
    return registry is not None and part in registry.tags


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _number_needed(value: Any, _: Details) -> str:
    meant = _meant(value)
    marks = " without quotation marks" if meant == value else ""
    return f"{shown(value)} is not a number. {f'Write {meant}{marks}' if meant else 'Give a number'}"


def _whole_needed(value: Any, _: Details) -> str:
    return f"{shown(value)} is not a whole number. {_nearest(value)}"


def _nearest(value: Any) -> str:
    meant = _meant(value).partition(",")[0]
    if meant.isdigit():
        return f"Write {meant}" + (" without quotation marks" if meant == value else "")
    return f"Give one such as {round(value) if isinstance(value, float) and abs(value) < 1e15 else 4}"


def _meant(value: Any) -> str:
    """The number that a text is in some other spelling: with quotation marks, a comma or a percent sign."""
    text = value.strip() if isinstance(value, str) else ""
    if len(text) > 30:
        return ""
    if re.fullmatch(r"[1-9]\d{0,2}(,\d{3})+", text):
        return text.replace(",", "") + (f", or {text.replace(',', '.')}" if text.count(",") == 1 else "")
    found = re.fullmatch(r"([+-]?\d*[.,]?\d+)(%?)", text)
    if found is None:
        return ""
    number = float(found[1].replace(",", ".")) / (100 if found[2] else 1)
    return f"{number:.12g}"


def _truth_needed(value: Any, _: Details) -> str:
    said = str(value).lower()
    word = "true" if said in _YES else "false" if said in _NO else ""
    return f"{shown(value)} is neither true nor false. {f'Write {word}' if word else 'Give one of the two'}"


def _list_needed(value: Any, _: Details) -> str:
    numbers = isinstance(value, str) and re.fullmatch(r"[\d.]+(\s*,\s*[\d.]+)*", value.strip())
    return f"{shown(value)} is not a list. {f'Write [{value}]' if numbers else 'Give a list in square brackets'}"


def _group_needed(value: Any, _: Details) -> str:
    more = ", or set one setting in it" if isinstance(value, str) else ""
    return f"{shown(value)} is not a group of settings. Give an object in curly brackets{more}"


def _tag(document: Any, context: Details) -> Any:
    return document.get(context["discriminator"].strip("'"), context["tag"])


_REASONS: dict[str, Callable[[Any, Details], str]] = {
    "greater_than": lambda v, c: f"{shown(v)} is too small. It has to be above {_number(c['gt'])}",
    "greater_than_equal": lambda v, c: f"{shown(v)} is too small. The least is {_number(c['ge'])}",
    "less_than": lambda v, c: f"{shown(v)} is too large. It has to be below {_number(c['lt'])}",
    "less_than_equal": lambda v, c: f"{shown(v)} is too large. The most is {_number(c['le'])}",
    "finite_number": lambda v, _: f"{shown(v)} is not a finite number. Give a number",
    "float_type": _number_needed,
    "float_parsing": _number_needed,
    "int_type": _whole_needed,
    "int_parsing": _whole_needed,
    "int_from_float": _whole_needed,
    "bool_type": _truth_needed,
    "bool_parsing": _truth_needed,
    "string_too_long": lambda v, c: f"{len(v):,} letters are too many. The most is {c['max_length']}",
    "string_type": lambda v, _: f"{shown(v)} is not a text. Give one in quotation marks",
    "datetime_from_date_parsing": lambda v, _: f"{shown(v)} is not a date with a time",
    "enum": lambda v, c: f"{shown(v)} is not a choice. Use {c['expected']}",
    "literal_error": lambda v, c: f"{shown(v)} is not a choice. Use {c['expected']}",
    "union_tag_invalid": lambda v, c: f"{shown(_tag(v, c))} is not a choice. Use one of {c['expected_tags']}",
    "union_tag_not_found": lambda _, c: f"it does not say what it is. Set {c['discriminator']}",
    "extra_forbidden": lambda *_: "there is no such setting. Remove it, or look for a misspelling",
    "missing": lambda *_: "it is missing. Add it",
    "too_long": lambda _, c: f"{c['actual_length']} entries are too many. The most is {c['max_length']}",
    "tuple_type": _list_needed,
    "model_type": _group_needed,
    "dict_type": lambda v, _: f"{shown(v)} is not a group of settings. Give an object",
    "json_invalid": lambda _, c: f"it is not JSON ({c['error']})",
    "value_error": lambda _, c: str(c["error"]).rstrip("."),
}
