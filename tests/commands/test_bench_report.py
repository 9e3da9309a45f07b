"""What the bench prints and writes."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from measured import QUICK, RATIOS

from playground.benchmarks.bench import document
from playground.benchmarks.recipes import Recipe
from playground.commands.bench import bench
from playground.commands.bench_report import Table, in_markdown, in_words


def found(*recipes: Recipe, fast: bool = False) -> dict[str, Any]:
    return {"date": "2026-01-02", **document(RATIOS, recipes, fast)}


def test_a_table_is_aligned_and_in_markdown():
    table = Table(("side", "s"), (("tutorial", "18.0"), ("ours", "7")))
    assert table.aligned() == "side         s\ntutorial  18.0\nours         7"
    assert table.markdown() == "| side | s |\n| --- | ---: |\n| tutorial | 18.0 |\n| ours | 7 |"


def row(words: str, start: str) -> str:
    (line,) = (line for line in words.splitlines() if line.startswith(start))
    return " ".join(line.split())


def test_in_words():
    words = in_words(found(QUICK))
    assert words.startswith("2026-01-02, A processor (AMX), 2 threads, torch 2.14.1\n")
    assert row(words, "tutorial loop") == "tutorial loop, float32 18.0 1 - 3,333 - - -"
    assert row(words, "ours, float32") == "ours, float32 13.2 1.40 1.30-1.50 4,545 270 50.0% 700"
    assert row(words, "lightning") == "lightning 2.6.6, float32 17.0 1.06 1.00-1.10 3,529 - - 800"
    assert row(words, "skorch") == "skorch: pip install -r requirements-bench.txt not installed - - - - - -"
    assert "no units for bfloat16: it is emulated, and measured on 1,500 images and on a 256 x 256" in words
    assert "no units for float32" not in words
    assert [" ".join(line.split()) for line in words.splitlines() if line.startswith("quick  ")] == [
        "quick 0 30.0 1.50 92.00% 600",
        "quick 1 32.0 1.60 93.00% -",
        "quick mean 31.0 1.55 92.50% -",
    ]
    assert row(words, "quick:") == (
        "quick: 33,514 parameters, 6 epochs in bfloat16, test scores averaged over each image and its mirror "
        "image. Test accuracy 92.50%, standard error 0.26% from the 10,000 test images, standard deviation 0.71% "
        "between n = 2 seeds."
    )


def test_fast_says_nothing_of_peers_and_recipes():
    words = in_words({**found(fast=True), "peers": []})
    assert "skorch" not in words
    assert "recipe" not in words


def test_the_markdown_holds_the_tables_and_the_object():
    text = in_markdown(found(QUICK))
    assert "| ours, float32 | 13.2 | 1.40 |" in text
    assert not text.startswith("#")
    fenced = text.partition("```json\n")[2].partition("\n```")[0]
    assert json.loads(fenced) == json.loads(json.dumps(found(QUICK)))


def test_a_file_that_cannot_be_written_is_refused_before_anything_is_measured(home: Path, tmp_path: Path):
    outcome = CliRunner().invoke(bench, ["--fast", "--markdown", str(tmp_path / "missing" / "file.md")])
    assert isinstance(outcome.exception, FileNotFoundError)
    assert outcome.output == ""
