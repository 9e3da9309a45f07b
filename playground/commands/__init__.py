"""The calls of the command line, one module each."""
