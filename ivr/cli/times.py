"""Instants as a person types them."""

from datetime import UTC, datetime, tzinfo

from ivr.errors import IvrError


def instant(text: str | None, zone: tzinfo) -> datetime:
    """Return an aware instant: local time where it says no zone, now without a text."""
    try:
        at = datetime.fromisoformat(text) if text else datetime.now(UTC)  # noqa: TID251 -- "now" is what was asked
        at = at if at.tzinfo else at.replace(tzinfo=zone)
        # In its first and last hours a calendar of years has no time for other zones.
        at.astimezone(UTC).astimezone(zone)
    except (ValueError, OverflowError) as error:
        raise IvrError(f"{text!r} is no time; write for example 2026-12-24 11:00") from error
    return at
