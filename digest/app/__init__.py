"""Use cases: in which order and when the other packages work."""
