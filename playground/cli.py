"""The command line: the same lab as the app's, for scripts and measurements.

With `--json` the last line of standard output is one JSON object. Progress goes to standard error. Wrong
input ends with exit status 2 and one sentence on standard error.
"""

from __future__ import annotations

import os
import sys
import time

import click

from playground.commands.bench import bench
from playground.commands.data import data
from playground.commands.export import export, import_
from playground.commands.output import tell
from playground.commands.predict import predict
from playground.commands.presets import presets
from playground.commands.reproduce import reproduce
from playground.commands.runs import runs, show
from playground.commands.train import fork, resume, train
from playground.errors import PlaygroundError


def main(started: float | None = None, called: str = "python -m playground") -> None:
    """Run the command line.

    Args:
        started: When the process began, in seconds of `time.perf_counter`.
        called: What a person types to call it, for the help and the hints.
    """
    try:
        cli.main(prog_name=called, obj=started or time.perf_counter(), standalone_mode=False)
    except click.ClickException as error:
        _fail(error.format_message())
    except PlaygroundError as error:
        _fail(str(error))
    except BrokenPipeError:  # whoever read our output has heard enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        _fail(f"{error.filename or 'A file'}: {error.strerror or error}.")
    except (click.Abort, KeyboardInterrupt):
        _fail("Interrupted.", status=130)


def _fail(sentence: str, status: int = 2) -> None:
    tell(sentence)
    sys.exit(status)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Train and question small convolutional networks on Fashion-MNIST."""


for command in (data, presets, train, resume, fork, runs, show, predict, export, import_, bench, reproduce):
    cli.add_command(command)
