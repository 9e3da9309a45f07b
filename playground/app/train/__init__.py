"""The Train and Code pages."""
