"""Puts the other packages together: starts, steers and finds runs."""
