"""Values and pure functions that every other package uses."""
