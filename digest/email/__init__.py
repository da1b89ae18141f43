"""Email: turns ranked papers into a message, without I/O."""
