"""The tables of the database. `migrations/` brings a database to what stands here; a test compares the two."""

from __future__ import annotations

from sqlalchemy import Column, Double, MetaData, String, Table, Text

METADATA = MetaData(naming_convention={"pk": "pk_%(table_name)s"})

RUNS = Table(
    "runs",
    METADATA,
    Column("run", String(100), primary_key=True),
    Column("stamp", String(120), nullable=False),  # of the two files of its folder that the row was made from
    Column("state", String(16), nullable=False),  # these four for whoever asks in SQL
    Column("name", String(200), nullable=False),
    Column("parent", String(100), nullable=False),
    Column("test_accuracy", Double, nullable=True),
    Column("record", Text, nullable=False),  # JSON; empty where it cannot be read, and why stands in `problem`
    Column("about", Text, nullable=False),
    Column("problem", Text, nullable=False),
)
