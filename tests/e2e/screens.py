"""What the browser's tests wait for on each page."""

LAST = {
    "train": ".st-key-accuracy_chart .js-plotly-plot",
    "confusion": ".st-key-class_table canvas",
    "failures": ".st-key-failures_grid .tile",
    "labels": ".st-key-doubts_grid .tile",
    "inside": ".st-key-inside_maps .tile",
    "map": ".st-key-map_chart .gl-canvas",
    "predict": ".st-key-canvas canvas",
    "runs": ".js-plotly-plot",
    "code": ".st-key-code code",
    "garments": ".st-key-garments .tile, .tile",
}
"""What each page shows last."""
