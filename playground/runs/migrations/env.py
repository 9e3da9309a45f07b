"""Run by Alembic: the engine comes from `database.open_database`, never from a file of settings."""

from alembic import context

from playground.runs.tables import METADATA

with context.config.attributes["engine"].begin() as connection:
    # SQLite alters a column by copying its table
    context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
