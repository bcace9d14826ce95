"""The pure half of the program: events in, actions out.

Nothing under this package performs I/O, starts a thread, logs, or reads a clock. Time is
handed in: `now` is steady seconds (never jumps), `at` is the wall clock.

Read in this order: events, actions, script, call, dialogue, queueing, floor, survey,
programme, exchange. For callers who speak: grammar, hearing, offering, speech, clarifying.
"""
