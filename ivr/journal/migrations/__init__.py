"""The schema of the journal, step by step. Only this package imports Alembic.

Alembic costs 11 MB that a gateway can spend better, so this is imported only when a database
is new or older than the program.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def upgrade(connection: Connection) -> None:
    """Bring a database to the newest schema, within the connection's transaction."""
    command.upgrade(configured(connection), "head")


def configured(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
