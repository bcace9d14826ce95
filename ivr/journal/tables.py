"""The tables of the journal: what is kept of calls, surveys, messages and agents.

Nothing here refers to another table by a foreign key, on purpose. The journal keeps facts in
the order they reach it, and after a full disk or a damaged file the other half may be gone:
an answer must be kept even when the row of its call is not.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Double,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

REVISIONS = ("0001",)
"""Every schema this program can read or upgrade, oldest first; the last is its own."""

SCHEMA = REVISIONS[-1]

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; SQLite has no time zones, so there it is UTC by promise."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Heard(TypeDecorator[str]):
    """Text that came over the network: what no database takes is written out, as in source."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        del dialect
        if value is None or value.isprintable():  # lone surrogates and NUL are not
            return value
        return value.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        del dialect
        return value


def _text(name: str) -> Column[str]:
    return Column(name, String, nullable=False)


calls = Table(
    "calls",
    metadata,
    Column("id", String, primary_key=True),
    _text("direction"),
    Column("number", Heard, nullable=False),
    Column("dialled", Heard, nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Column("began", Double, nullable=False),
    _text("group"),
    _text("stage"),
    _text("language"),
    _text("config"),
    _text("queue"),
    _text("agent"),
    Column("waited", Double),
    Column("talked", Double),
    Column("talking_since", Double),
    _text("survey"),
    _text("disposition"),
    _text("outcome"),
    Column("seconds", Double, nullable=False),
    Column("ended", Instant),
)
"""One row a call, from its first step; `ended` stays empty while it runs or was cut off."""

steps = Table(
    "steps",
    metadata,
    # `subject` is a call's id, "floor" or "survey"; a gap in its ordinals is a lost step.
    Column("subject", String, primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("now", Double, nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Column("event", Text, nullable=False),
    Column("actions", Text, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    Column("survey", String, primary_key=True),
    Column("question", String, primary_key=True),
    _text("call"),
    _text("questions"),
    Column("value", Integer, nullable=False),
    _text("group"),
    _text("stage"),
    _text("team"),
    _text("agent"),
    _text("level"),
    Column("at", Instant, nullable=False, index=True),
)
"""`call` is the call the answer was given in; `survey` is the call it is about."""

surveys = Table(
    "surveys",
    metadata,
    Column("id", String, primary_key=True),
    Column("number", Heard, nullable=False),
    _text("questions"),
    _text("group"),
    _text("stage"),
    _text("team"),
    _text("agent"),
    _text("level"),
    _text("language"),
    _text("disposition"),
    Column("attempts", Integer, nullable=False),
    Column("planned", Instant, nullable=False),
    Column("due", Instant, nullable=False),
    Column("asked_at", Instant),
    Index("ix_surveys_disposition", "disposition"),
    Index("ix_surveys_planned", "planned"),
)
"""`planned` is when the quarantine begins, `asked_at` when somebody answered the telephone."""

refused_numbers = Table(
    "refused_numbers",
    metadata,
    Column("number", Heard, primary_key=True),
    _text("survey"),
    Column("at", Instant, nullable=False),
)

messages = Table(
    "messages",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    _text("call"),
    Column("turn", Integer, nullable=False),
    _text("box"),
    _text("path"),
    Column("seconds", Double, nullable=False),
    Column("caller", Heard, nullable=False),
    _text("group"),
    _text("language"),
    Column("at", Instant, nullable=False, index=True),
    _text("state"),
    UniqueConstraint("call", "turn"),
)

agent_states = Table(
    "agent_states",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    _text("agent"),
    _text("state"),
    Column("at", Instant, nullable=False, index=True),
)

configurations = Table(
    "configurations",
    metadata,
    Column("hash", String, primary_key=True),
    Column("files", Text, nullable=False),
    Column("first_used", Instant, nullable=False),
)

set_aside = Table(
    "set_aside",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("subject", Heard, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Column("step", Heard, nullable=False),
    Column("reason", Heard, nullable=False),
)
"""Steps that no table would take, as text, so that one bad row never stops the others."""
