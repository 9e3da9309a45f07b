"""Widgets and charts of our own, which know nothing of runs."""
