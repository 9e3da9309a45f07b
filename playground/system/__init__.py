"""Threads, processes, files and memory: what every program needs from its machine."""
