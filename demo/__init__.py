"""A working day on loopback, and the telephones to play it with."""
