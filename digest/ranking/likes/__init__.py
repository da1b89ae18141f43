"""Ranking by liked papers."""
