"""Rules that read a run and say what is wrong, with the evidence."""
