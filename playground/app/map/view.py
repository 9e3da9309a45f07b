"""The images as a network sees them, laid out in a plane. Imports torch: pages import this once it is there."""

from __future__ import annotations

import numpy as np
import streamlit as st

from playground.analysis.maps import MapLayout
from playground.analysis.scores import ScoredImages
from playground.app.components.gallery import Tile, gallery
from playground.app.components.one_of import one_of
from playground.app.components.saving import csv_button
from playground.app.components.scatter import map_chart
from playground.app.map.choice import choice, choose, clear
from playground.app.map.figure import MapPoints, as_csv, composition, map_figure
from playground.app.map.state import MapContent, map_state
from playground.app.map.tsne_panel import tsne_of
from playground.app.shared.image_view import image_view, open_image, opened
from playground.app.shared.inspection import described
from playground.app.shared.job_panel import awaited
from playground.app.shared.session import Session
from playground.data.classes import CLASS_NAMES
from playground.interpret.embedding import NEIGHBOURS, PERPLEXITIES, Neighbourhoods, Points, most_perplexity
from playground.lab.lab import Lab

AT_ONCE = 60
COUNTS = (2000, 5000)
"""Images that may be laid out, besides as many as there are."""
_PLAYED = 5.0  # seconds that an epoch is waited for while epochs pass
PRINCIPAL, TSNE = "principal components", "t-SNE"


def map_view(lab: Lab, tab: Session, seen: ScoredImages) -> None:
    """Lay the images out, and see those that were pointed at."""
    of = (seen.run.run, seen.part, seen.is_substitute)
    if map_state(tab).chosen_of != of:  # the numbers of other images
        map_state(tab).chosen, map_state(tab).chosen_of = (), of
    with st.container(horizontal=True, vertical_alignment="bottom", key="map_controls"):
        count, perplexity, by_error = _controls(lab.maps.most(seen))
    st.markdown(f"**{'All' if count == len(seen.images) else f'{count:,}'}** of {described(seen)}")
    with st.container(key="map_waiting"):  # of its own: the chart below keeps its place, and with it its node
        shown = _shown(lab, tab, seen, count, perplexity)
    if shown is None:
        return
    map_state(tab).chosen = tuple(
        number for number in map_state(tab).chosen if number < len(shown.map_points.labels)
    )
    _chart(tab, seen, shown, by_error)
    choice(tab, seen, shown.map_points)
    with st.container():  # one place on the page, opened or not: what follows would be built anew
        image_view(lab, tab, seen)
    if map_state(tab).chosen:
        _sheet(tab, seen, shown.map_points)


def _controls(most: int) -> tuple[int, int | None, bool]:
    """How many images, t-SNE's perplexity (None for principal components), and whether colour tells errors."""
    method = one_of(
        "Layout", (PRINCIPAL, TSNE), default=PRINCIPAL, key="map_method", persist_state="session",
        help="Principal components are ready at once. t-SNE preserves neighbourhoods and may take minutes.",
    )  # fmt: skip
    by_error = one_of(
        "Colour and shape", ("class", "right or wrong"), default="class", key="map_ink",
        persist_state="session", help="The true class, or whether the prediction is correct.",
    ) == "right or wrong"  # fmt: skip
    counts = [*(each for each in COUNTS if each < most), most]
    count = most if len(counts) == 1 else one_of(
        "Images", counts, default=max(each for each in counts if each <= COUNTS[-1] or each == counts[0]),
        key=f"map_count_{most}", persist_state="session", format_func=lambda n: f"{n:,}",
        help="The first images; their order is unrelated to their content.",
    )  # fmt: skip
    if method == PRINCIPAL:
        return count, None, by_error
    possible = [each for each in PERPLEXITIES if each < most_perplexity(count)]
    perplexity = one_of(
        "Perplexity", possible, default=30 if 30 in possible else possible[0], key="map_perplexity",
        persist_state="session", help="About how many neighbours of an image count.",
    )  # fmt: skip
    return count, perplexity, by_error


def _shown(lab: Lab, tab: Session, seen: ScoredImages, count: int, perplexity: int | None) -> MapContent | None:
    """The map of this moment; while it is worked out the last one of the same images, or None."""
    job = lab.maps.layout(seen, count)
    if tab.playing:  # or the next epoch would be asked for before this one is there
        job.wait(_PLAYED)
    layout = awaited(job, f"Features of the last layer for {count:,} images after epoch {seen.epoch}")
    if layout is None:
        state = map_state(tab)
        last = state.shown if state.shown and state.shown.of == state.chosen_of else None
        if last is not None:
            st.caption(f":material/history: Until then: {last.title}.")
        return last
    found = tsne_of(lab, tab, seen, layout, perplexity) if perplexity else None
    shown = _principal(seen, layout) if found is None else _neighbours(seen, layout, found, perplexity or 0)
    map_state(tab).shown = shown
    return shown


def _map_points(seen: ScoredImages, points: Points) -> MapPoints:
    best = seen.logits[: len(points)].softmax(1).max(1)
    labels = seen.images.labels[: len(points)].numpy()
    return MapPoints(points, labels, best.indices.numpy(), best.values.numpy())


def _principal(seen: ScoredImages, layout: MapLayout) -> MapContent:
    found, (first, second) = layout.principal, layout.plane.shares
    turned = f" The map is rotated to match epoch {layout.like}, which changes no distance."
    names = ("first axis", "second axis") if layout.like else ("first principal component", "second")
    words = (
        f"The first two principal components of the {found.width:,} features that the last layer receives, scaled "
        f"to length 1. They explain {first + second:.1%} of the variance. Images that are apart here are apart "
        f"for the network; images that are close here may still differ.{turned if layout.like else ''}"
    )
    axes = (f"{names[0]}, {first:.1%} of the variance", f"{names[1]}, {second:.1%}")
    return _made(
        seen, layout.plane.points, PRINCIPAL, f"Principal components, epoch {seen.epoch}", words, axes, 0.2
    )


def _neighbours(seen: ScoredImages, layout: MapLayout, found: Neighbourhoods, perplexity: int) -> MapContent:
    words = (
        f"t-SNE of the first {layout.principal.scores.shape[1]} principal components, perplexity {perplexity}, "
        f"n = {len(found.points):,}. Neighbourhoods are meaningful: trustworthiness {found.trust:.3f} of 1 "
        f"({NEIGHBOURS} nearest, among n = {found.trusted:,}), Kullback-Leibler divergence {found.divergence:.2f} "
        "nats. The distances between groups, and the sizes of groups, mean little; the axes have no unit."
    )
    title = f"t-SNE, perplexity {perplexity}, epoch {seen.epoch}"
    return _made(seen, found.points, TSNE, title, words, ("no unit: only neighbourhoods are meaningful", ""), 20.0)


def _made(
    seen: ScoredImages, points: Points, method: str, title: str, words: str, axes: tuple[str, str], step: float
) -> MapContent:
    of = (seen.run.run, seen.part, seen.is_substitute)
    return MapContent(of, seen.epoch, _map_points(seen, points), method, title, words, axes, step)


def _chart(tab: Session, seen: ScoredImages, shown: MapContent, by_error: bool) -> None:
    map_points = shown.map_points
    figure = map_figure(map_points, by_error, shown.title, shown.axes, shown.step)
    if shown.method == TSNE:
        for axis in ("xaxis", "yaxis"):
            figure["layout"][axis]["showticklabels"] = False
    figure["layout"]["uirevision"] = f"{shown.of}, {shown.method}, {len(map_points.points)}"
    number, at = opened(tab, seen), None
    if number is not None and number < len(map_points.points):
        at = (number, float(map_points.points[number, 0]), float(map_points.points[number, 1]))
    name = f"map-{shown.of[0]}-epoch-{shown.epoch}-{'pca' if shown.method == PRINCIPAL else 'tsne'}"
    wrong = int(map_points.is_wrong.sum())
    alt = (
        f"{shown.title}: {len(map_points.points):,} images as points, {wrong:,} of them wrong. Below it images "
        "can be chosen by class or number"
    )
    st.caption(shown.words)
    with st.container(key="map_chart"):
        map_chart(
            figure, "map", alt, map_state(tab).chosen, at, name,
            choose=lambda numbers: choose(tab, numbers), click=lambda number: open_image(tab, seen, number),
        )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Draw around points with the lasso or a box, click one, double click to clear the selection.")
        clear(tab, seen)
        csv_button(lambda: as_csv(map_points), name, "map_csv")


def _sheet(tab: Session, seen: ScoredImages, map_points: MapPoints) -> None:
    """The selected images, page by page; one that is pressed opens."""
    rows = np.array(map_state(tab).chosen)
    st.markdown(composition(map_points, map_state(tab).chosen))
    order = rows[np.lexsort((-map_points.probabilities[rows], ~map_points.is_wrong[rows]))]
    st.caption("Wrong predictions first, the most confident first.")
    pages = -(-len(order) // AT_ONCE)
    page = st.pagination(pages, key=f"map_page_{hash(map_state(tab).chosen)}") if pages > 1 else 1
    numbers = order[(page - 1) * AT_ONCE : page * AT_ONCE].tolist()
    with st.container(key="map_gallery"):
        gallery(
            seen.images.pixels[numbers].numpy(), [_tile(map_points, number) for number in numbers],
            "The selected images", "map_tiles", save="chosen",
            on_open=lambda index: open_image(tab, seen, numbers[index]),
        )  # fmt: skip


def _tile(map_points: MapPoints, number: int) -> Tile:
    said, true = CLASS_NAMES[map_points.answers[number]], CLASS_NAMES[map_points.labels[number]]
    lines = (f"said {said} {map_points.probabilities[number]:.0%}", f"is {true}", f"no. {number}")
    return Tile(lines, f"Image {number}: {lines[0]}, {lines[1]}")
