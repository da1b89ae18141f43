"""`digest init`: asks questions and writes a config file."""
