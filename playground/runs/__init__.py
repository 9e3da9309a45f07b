"""Runs on the disk and in the database: written, read, listed, kept."""
