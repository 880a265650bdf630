"""Benchmarks: `python -m rcm.bench x12 --json`. No outside network, invented data only."""
