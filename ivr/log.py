"""The log: one structured line per call, and one for whatever goes wrong. To stdout.

Numbers, keys and spoken words never stand in it: a call is named by its id, and the journal
holds the rest. The one user of structlog.
"""

import logging
import sys
from typing import Any

import structlog

from ivr.engine.record import CallRecord

SHOWN = (
    "direction",
    "group",
    "stage",
    "language",
    "config",
    "queue",
    "agent",
    "waited",
    "talked",
    "outcome",
    "disposition",
    "seconds",
)
"""The fields of a CallRecord that name no person outside the house."""


def configure(form: str) -> None:
    """Log as `json` (for a collector) or `console` (for eyes)."""
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=False),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )


def log() -> Any:  # noqa: ANN401 -- structlog types its loggers at run time
    """Return the logger: `log().info("what happened", field=value)`."""
    return structlog.get_logger()


def call_fields(record: CallRecord) -> dict[str, object]:
    """Return what the log says of a call that is over."""
    fields: dict[str, object] = {"call": record.id}
    for name in SHOWN:
        value = getattr(record, name)
        if value not in ("", None):
            fields[name] = round(value, 3) if isinstance(value, float) else value
    return fields
