"""What the commands share: the lab, and how a result is printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from playground.lab.lab import Lab
from playground.lab.settings import load_settings
from playground.system.executors import InlineExecutor
from playground.system.files import named
from playground.text.quoting import on_a_line

if TYPE_CHECKING:
    from playground.data.images import FashionData

Document = dict[str, Any]
json_flag = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


class NamedPath(click.Path):
    """A file or folder as a person named it: "~" is theirs also where the shell left it as it is."""

    def __init__(self, **kinds: bool) -> None:
        super().__init__(path_type=Path, **kinds)

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> Any:
        """The path; a sentence where there is nothing of this kind."""
        if value == "":
            self.fail("it is empty. Name a file or a folder.", parameter, context)
        if not self.file_okay and named(value).is_file():
            self.fail(f"{value!r} is a file. Name the folder that it is unpacked in.", parameter, context)
        return super().convert(str(named(value)), parameter, context)


data_folder = click.option(
    "--data",
    type=NamedPath(exists=True, file_okay=False),
    help="A folder with Fashion-MNIST's files: they are used, or refused with the reason.",
)


def tell(sentence: str) -> None:
    """Say something on standard error; a training goes on even if nobody listens any more."""
    with suppress(BrokenPipeError):
        click.echo(on_a_line(sentence), err=True)


def to_type(words: str) -> str:
    """A call as a person types it where this one came from: with `python -m playground`, or `playground` alone."""
    return f"{click.get_current_context().find_root().info_name} {words}"


def open_lab(data: Path | None = None) -> Lab:
    """The lab of this process's settings, training in this very thread."""
    settings = load_settings()
    return Lab(settings.model_copy(update={"data": data.absolute()}) if data else settings, InlineExecutor())


def fetched(lab: Lab, source: str | None = None) -> FashionData:
    """The images of one source, or of the first that works; what was wrong with others is said."""
    found = lab.datasets.fetch(source, Progress())
    status = lab.datasets.status()
    for sentence in (*status.problems, *([status.message] if status.state == "failed" else [])):
        tell(sentence)
    return found


def printed(show: Callable[[Document], str]) -> Callable[[Callable[..., Document]], Callable[..., None]]:
    """Print what a command returns: as JSON, or as `show` puts it."""

    def decorate(command: Callable[..., Document]) -> Callable[..., None]:
        @json_flag
        @wraps(command)
        def run(as_json: bool, **arguments: Any) -> None:
            document = command(**arguments)
            status = document.pop("exit_status", 0)
            click.echo(json.dumps(document) if as_json else show(_on_lines(document)))
            if status:
                sys.exit(status)

        return run

    return decorate


def _on_lines(value: Any) -> Any:
    """A document for a terminal: none of its texts, such as the name of a run or of a file, can steer it."""
    if isinstance(value, str):
        return on_a_line(value)
    if isinstance(value, dict):
        return {name: _on_lines(each) for name, each in value.items()}
    return [_on_lines(each) for each in value] if isinstance(value, list | tuple) else value


def local(time: datetime) -> str:
    """A time in this machine's zone, with its name."""
    return f"{time.astimezone():%d %b %Y %H:%M %Z}"


def percent(fraction: float | None) -> str:
    """A fraction in percent; a dash where there is none."""
    return "-" if fraction is None else f"{fraction:.2%}"


class Progress:
    """Says on standard error what is being fetched, each thing once."""

    def __init__(self) -> None:
        self._said = ""

    def __call__(self, message: str, _: float | None) -> None:
        """Say the message if it is not the last one said; the share that is done is for screens."""
        if message != self._said:
            tell(f"{message} ...")
        self._said = message
