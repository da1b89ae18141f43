"""Composition: which papers a digest shows, and in which sections."""
