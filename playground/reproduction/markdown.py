"""What a reproduction measured, as a Markdown document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from playground.metrics.classification import WEAK
from playground.reproduction.comparison import Comparison, percent
from playground.reproduction.report import Conditions
from playground.reproduction.reproduction import Row
from playground.text.quoting import in_code_span


def markdown(rows: Sequence[Row], conditions: Conditions) -> str:
    """The table, what is not reached, classes, settings and notes: a document for people."""
    parts = [
        "# The published systems, measured",
        _origin(rows, conditions),
        _accuracies(rows),
        _LEGEND,
        *_statements(rows),
        *(_by_class(row) for row in rows if row.classes),
        *_our_settings(rows),
        *_notes(rows),
    ]
    return "\n\n".join(parts) + "\n"


_LEGEND = """\
*Parameters, reported*: where an article gives no number, the parameters of its layers are counted. *Measured*
accuracy is the mean over the n seeds: the seed of the preset and the next ones. *Each seed* lists them in
this order, in percent. *Spread* is the standard deviation over the seeds. *Standard error* is that of the
choice of test images, √(p(1 − p) / images). Both are in percentage points. *Seconds* count the training only,
as the mean over the seeds. An accuracy is *reached* if the mean, rounded as in the article, is at least as
high."""


def _origin(rows: Sequence[Row], conditions: Conditions) -> str:
    runs = [each.run for row in rows for each in row.measured]
    where = sorted({f"{run.device} with {run.threads} thread{'s' * (run.threads != 1)}" for run in runs})
    earlier = sum(each.earlier for row in rows for each in row.measured)
    images = "exactly the published images" if conditions.verified else "not exactly the published images"
    return "\n".join(
        [
            f"Written on {conditions.date} by {in_code_span(conditions.command)}.",
            f"Processor: {conditions.processor}; trained on {' and '.join(where) or 'nothing'}; "
            f"torch {conditions.torch}.",
            *([f"Of {len(runs)} runs {earlier} had been trained by earlier calls."] if earlier else []),
            f"Data: {conditions.train_images:,} training and {conditions.test_images:,} test images, "
            f"{images} (source: {conditions.source}).",
            "",
            f"Every system is trained as its article describes, with n = {conditions.seeds}: in float32, on all "
            "training images, with its own optimizer, schedule and batch.",
            "No images are held out: as in the articles, the test images also validate. "
            "So accuracy is that of the last epoch, never of the best one.",
            "Where an article does not shuffle, the images have the playground's order in every epoch.",
        ]
    )


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rule = ["---", *(["---:"] * (len(head) - 1))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *lines))


def _points(fraction: float | None) -> str:
    return "-" if fraction is None else f"{100 * fraction:.2f}"


def _accuracies(rows: Sequence[Row]) -> str:
    head = (
        *("system", "parameters, reported", "counted", "accuracy, reported", "measured", "each seed"),
        *("n", "spread", "standard error", "seconds", "reached"),
    )
    lines = []
    for row in rows:
        counts = f"{row.system.article.parameters:,}", f"{row.system.parameters:,}"
        seconds = "-" if row.train_seconds is None else f"{row.train_seconds:,.0f}"
        lines += [
            (f"`{row.system.name}`, after {epoch} epochs", *counts, *_figures(figure), "", _reached(figure))
            for epoch, figure in row.after.items()
        ]
        lines.append((f"`{row.system.name}`", *counts, *_figures(row.accuracy), seconds, _reached(row.accuracy)))
    return _table(head, lines)


def _figures(figure: Comparison) -> tuple[str, ...]:
    return (
        figure.said,
        f"**{percent(figure.mean)}**",
        ", ".join(_points(each) for each in figure.measured),
        str(len(figure.measured)),
        _points(figure.spread),
        _points(figure.standard_error),
    )


def _reached(figure: Comparison) -> str:
    if figure.reached is None:
        return "no figure to reach" if figure.mean is not None else "not measured"
    return "yes" if figure.reached else "**no**"


def _statements(rows: Sequence[Row]) -> list[str]:
    """What is not reached, plainly, and the nearest that was measured."""
    figures = [(f"`{row.system.name}`", row.accuracy) for row in rows]
    figures += [
        (f"`{row.system.name}` after {epoch} epochs", figure)
        for row in rows
        for epoch, figure in row.after.items()
    ]
    missed = [f"- {name}: {_missed(figure)}" for name, figure in figures if figure.reached is False]
    said = missed or ["Every figure that an article gives and that was measured is reached."]
    best = max(rows, key=lambda row: row.accuracy.mean or 0)
    if missed and best.accuracy.mean is not None:
        said += ["", f"The highest mean of these systems is {percent(best.accuracy.mean)}, `{best.system.name}`."]
    faults = [f"- `{row.system.name}`, {fault}" for row in rows for fault in row.faults]
    return [
        "## Not reached",
        "\n".join(said),
        *(["## Trainings without a result", "\n".join(faults)] if faults else []),
    ]


def _missed(figure: Comparison) -> str:
    assert figure.reported is not None
    assert figure.mean is not None
    assert figure.standard_error is not None
    seeds = len(figure.measured)
    nearest = f"mean of {seeds} seeds, the best {percent(max(figure.measured))}" if seeds > 1 else "one seed"
    gap = figure.reported - figure.mean
    chance = gap <= figure.standard_error
    words = f" The gap of {_points(gap)} points is within one standard error of the test set." if chance else ""
    return f"{figure.said} reported, {percent(figure.mean)} measured ({nearest}).{words}"


def _by_class(row: Row) -> str:
    weak = row.system.article.weak
    lines = [
        (name, figure.said, percent(figure.mean), _points(figure.spread)) for name, figure in row.classes.items()
    ]
    measured = [name for name, figure in row.classes.items() if (figure.mean or 0) < WEAK]
    return "\n\n".join(
        [
            f"## `{row.system.name}` by class",
            f"Recall of each class on the test images, mean of n = {len(row.measured)}.",
            _table(("class", "reported", "measured", "spread"), lines),
            f"Under {WEAK:.0%} in the article: {', '.join(weak)}; measured: {', '.join(measured) or 'none'}.",
        ]
    )


def _our_settings(rows: Sequence[Row]) -> list[str]:
    """The settings of systems whose articles give none."""
    lines = []
    for row in rows:
        training = row.system.experiment.training
        if not row.system.article.gives_settings:
            rate = f"{training.optimizer.learning_rate:g}, {training.schedule.name}"
            name = type(training.optimizer).__name__
            lines.append((f"`{row.system.name}`", name, rate, str(training.epochs), str(training.batch_size)))
    if not lines:
        return []
    head = ("system", "optimizer", "rate", "epochs", "batch")
    return [
        "## Settings that are ours",
        "These articles give no training settings, so the differences may come from ours.",
        _table(head, lines),
    ]


def _notes(rows: Sequence[Row]) -> list[str]:
    """What the articles leave open or say otherwise than they do; systems of one article share a line."""
    notes: dict[str, list[str]] = {}
    for row in rows:
        notes.setdefault(row.system.notes, []).append(f"`{row.system.name}`")
    lines = [f"- {', '.join(names)}: {note}" for note, names in notes.items() if note]
    lines += [
        f"- `{row.system.name}`: {row.system.article.parameters:,} parameters in the article, "
        f"{row.system.parameters:,} counted."
        for row in rows
        if row.system.article.parameters != row.system.parameters
    ]
    return ["## About the articles", "\n".join(lines)] if lines else []
