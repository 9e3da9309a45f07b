"""Scores, maps and inspections of runs, worked out in the background and kept."""
