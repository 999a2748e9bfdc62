"""Bringing a database to the newest revision, and telling whether it is there."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory


def configuration(scripts: Path, url: str) -> Config:
    """Return Alembic's configuration for one database; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(scripts))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    config.attributes["configure_logger"] = False
    return config


def upgrade(scripts: Path, url: str) -> None:
    """Bring the database to the newest revision; several processes may call it at once."""
    command.upgrade(configuration(scripts, url), "head")


def revisions(scripts: Path, engine: sa.Engine, url: str) -> tuple[str | None, str | None]:
    """Return the database's revision and the newest one."""
    with engine.connect() as connection:
        stored = MigrationContext.configure(connection).get_current_revision()
    return stored, ScriptDirectory.from_config(configuration(scripts, url)).get_current_head()
