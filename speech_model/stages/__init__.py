"""The stages of making a model, each a function of the command line's options."""
