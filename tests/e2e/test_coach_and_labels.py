"""In a browser: the coach's remedy becomes a fork, and a doubted label shows its evidence."""

import json
import re

import pytest
from patience import until
from playwright.sync_api import expect
from walking import settled

SLOW = (
    "--set",
    "data.fraction=0.05",
    "--set",
    "training.epochs=2",
    "--set",
    "training.optimizer.learning_rate=1e-6",
)


@pytest.fixture(scope="module")
def run(server) -> str:
    """A run that learned next to nothing."""
    return str(server.ask("train", "quick", *SLOW)["run"])


def test_a_remedy_of_the_coach_is_started_as_a_fork(server, open_page, run):
    page = open_page(f"?run={run}")
    coach = page.locator(".st-key-coach")
    expect(coach).to_contain_text("The learning rate of 1e-06 is too low")
    coach.get_by_role("button", name="Raise the rate").click()
    page.get_by_role("button", name="Start the fork").click()
    page.wait_for_function("run => !location.search.includes(run)", arg=run)  # the fork is watched from now on
    fork = re.search(r"run=([^&]+)", page.url)[1]
    record = server.home / "runs" / fork / "run.json"
    until(lambda: json.loads(record.read_bytes())["state"] == "done")
    told = json.loads(record.read_bytes())
    assert (told["parent"], told["parent_epoch"], told["state"]) == (run, 2, "done")
    assert told["experiment"]["training"]["optimizer"]["learning_rate"] > 1e-6


def test_a_label_issue_opens_with_its_neighbours(open_page, run):
    page = open_page(f"labels?run={run}")
    expect(page.get_by_text(re.compile(r"\d+ label issues"))).to_be_visible()
    tile = page.locator(".st-key-doubts_grid .tile").first
    number = re.search(r"no\. (\d+)", tile.inner_text())[1]
    tile.click()
    evidence = page.locator(".st-key-doubt_evidence")
    expect(evidence).to_contain_text(f"No. {number} is given as")
    expect(evidence.locator(".tile")).to_have_count(6)  # the image and its five neighbours


@pytest.mark.slow
def test_near_duplicates_are_looked_for_from_a_link(open_page, run):
    page = open_page(f"labels?run={run}&look=Near-duplicates")
    page.get_by_role("button", name="Look for near-duplicates").click()
    expect(
        page.get_by_text(re.compile(r"\d+ pairs among [\d,]+ test images and [\d,]+ training images"))
    ).to_be_visible(timeout=600_000)  # all images with all
    expect(page.locator("[data-testid=stDataFrame]").first).to_be_visible()
    page.get_by_text("Validation images", exact=True).first.click()
    page.wait_for_function("!location.search.includes('look=')")
    settled(page)
