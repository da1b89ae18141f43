"""LaTeX to Unicode text."""
