"""Settings of an experiment, as frozen values, and the recipes."""
