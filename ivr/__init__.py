"""An IVR and routing engine for a gateway beside the PBX."""

from datetime import date

__version__ = "0.1.0"

BUILT = date(2026, 11, 1)
"""When this version was made; a wall clock that shows an earlier year cannot be right."""
