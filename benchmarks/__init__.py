"""Measurements of the product; each runs as `python -m benchmarks.bench_x`."""
