"""The pages of the app, in the order of the menu; links between pages take them from here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PageEntry:
    """One page: its name is its address and its script's file name."""

    name: str
    title: str
    icon: str
    default: bool = False

    @property
    def script(self) -> str:
        """The file, from the folder of `streamlit_app.py`: so Streamlit names a page in links and switches."""
        return f"pages/scripts/{self.name}.py"


TRAIN = PageEntry("train", "Train", ":material/model_training:", default=True)
CONFUSION = PageEntry("confusion", "Confusion", ":material/grid_on:")
FAILURES = PageEntry("failures", "Failures", ":material/error_outline:")
LABELS = PageEntry("labels", "Doubtful labels", ":material/label_off:")
INSIDE = PageEntry("inside", "Inside", ":material/biotech:")
MAP = PageEntry("map", "Map", ":material/scatter_plot:")
PREDICT = PageEntry("predict", "Predict", ":material/draw:")
RUNS = PageEntry("runs", "Runs", ":material/table_rows:")
CODE = PageEntry("code", "Code", ":material/code:")
GARMENTS = PageEntry("garments", "Garments", ":material/checkroom:")

PAGES = (TRAIN, CONFUSION, FAILURES, LABELS, INSIDE, MAP, PREDICT, RUNS, CODE, GARMENTS)
