"""The commands of `ivr`, one module each; only they print and exit."""
