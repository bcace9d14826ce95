"""Steps, calls, surveys, messages and agents on disk: SQLite by default, or PostgreSQL.

    Journal    writes, from a thread of its own        writer.py
    Reader     reads, also while the daemon writes     reader.py
    purge      deletes what is old                     retention.py

Only this package imports SQLAlchemy, only its `migrations` Alembic. A journal belongs to one
gateway: on a server, each gateway has a database of its own.
"""

from ivr.journal.reader import Reader, SurveyAnswer, VoiceMessage
from ivr.journal.retention import purge
from ivr.journal.writer import Journal

__all__ = ["Journal", "Reader", "SurveyAnswer", "VoiceMessage", "purge"]
