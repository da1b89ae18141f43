"""Ranking by written interests."""
