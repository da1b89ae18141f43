"""The daemon: runs the pipeline on schedule."""
