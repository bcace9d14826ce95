"""The first schema: every table."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _calls()
    _steps()
    _surveys()
    _answers()
    _messages()
    _others()


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _texts(names: str) -> list[sa.Column[str]]:
    return [_text(name) for name in names.split()]


def _calls() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.String(), nullable=False),
        *_texts("direction number dialled"),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("began", sa.Double(), nullable=False),
        *_texts("group stage language config queue agent"),
        sa.Column("waited", sa.Double()),
        sa.Column("talked", sa.Double()),
        sa.Column("talking_since", sa.Double()),
        *_texts("survey disposition outcome"),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("ended", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
    )
    op.create_index("ix_calls_at", "calls", ["at"])


def _steps() -> None:
    op.create_table(
        "steps",
        _text("subject"),
        sa.Column("ordinal", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("now", sa.Double(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("actions", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "ordinal", name="pk_steps"),
    )
    op.create_index("ix_steps_at", "steps", ["at"])


def _surveys() -> None:
    op.create_table(
        "surveys",
        *_texts("id number questions group stage team agent level language disposition"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("planned", MOMENT, nullable=False),
        sa.Column("due", MOMENT, nullable=False),
        sa.Column("asked_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_surveys"),
    )
    op.create_index("ix_surveys_disposition", "surveys", ["disposition"])
    op.create_index("ix_surveys_planned", "surveys", ["planned"])
    op.create_table(
        "refused_numbers",
        *_texts("number survey"),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_refused_numbers"),
    )


def _answers() -> None:
    op.create_table(
        "answers",
        *_texts("survey question call questions"),
        sa.Column("value", sa.Integer(), nullable=False),
        *_texts("group stage team agent level"),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("survey", "question", name="pk_answers"),
    )
    op.create_index("ix_answers_at", "answers", ["at"])


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", NUMBERED, nullable=False),
        _text("call"),
        sa.Column("turn", sa.Integer(), nullable=False),
        *_texts("box path"),
        sa.Column("seconds", sa.Double(), nullable=False),
        *_texts("caller group language"),
        sa.Column("at", MOMENT, nullable=False),
        _text("state"),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("call", "turn", name="uq_messages"),
    )
    op.create_index("ix_messages_at", "messages", ["at"])


def _others() -> None:
    op.create_table(
        "agent_states",
        sa.Column("id", NUMBERED, nullable=False),
        *_texts("agent state"),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agent_states"),
    )
    op.create_index("ix_agent_states_at", "agent_states", ["at"])
    op.create_table(
        "configurations",
        _text("hash"),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("first_used", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_configurations"),
    )
    op.create_table(
        "set_aside",
        sa.Column("id", NUMBERED, nullable=False),
        _text("subject"),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        *_texts("step reason"),
        sa.PrimaryKeyConstraint("id", name="pk_set_aside"),
    )
    op.create_index("ix_set_aside_at", "set_aside", ["at"])
