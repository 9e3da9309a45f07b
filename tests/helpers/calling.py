"""The command line, called in this process through the real `main`."""

import json
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from playground import cli


class Outcome(NamedTuple):
    """What a call left: its exit status, standard output and standard error."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The JSON object in the last line of standard output."""
        found: dict[str, Any] = json.loads(self.out.splitlines()[-1], parse_constant=pytest.fail)
        return found


Call = Callable[..., Outcome]


def caller(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *command: str) -> Call:
    """What calls the command line with such a beginning, and the arguments that it is given."""

    def call(*arguments: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["playground", *command, *arguments])
        status: str | int | None = 0
        try:
            cli.main()
        except SystemExit as ended:
            status = ended.code
        assert isinstance(status, int)
        return Outcome(status, *capsys.readouterr())

    return call
