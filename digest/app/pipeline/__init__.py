"""The pipeline: fetch, merge, rank, compose, render, queue, record."""
