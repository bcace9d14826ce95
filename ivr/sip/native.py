"""The type of what SWIG hands out: it writes no types."""

from typing import Any

Native = Any
"""An object of pjsua2. Only the owner thread touches one, and destroys it by name."""
