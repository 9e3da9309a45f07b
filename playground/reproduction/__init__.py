"""The published systems, trained as reported, and what was measured beside it."""
