"""The Danish acoustic model: how it is trained, exported, measured. Never imported by `ivr`."""
