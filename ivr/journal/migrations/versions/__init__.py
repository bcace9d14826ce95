"""One module a revision, named after it; never changed once released."""
