"""Sets a bare Debian up for ivr; needs nothing but Python itself."""
