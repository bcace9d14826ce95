"""Run by Alembic itself: applies the revisions over the connection it was handed."""

from alembic import context

from ivr.journal.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
