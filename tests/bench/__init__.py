"""The bench: ``make bench`` measures the kit and writes `bench.json`, a list of rows.

Each row is ``{"name", "unit", "n", "median", "p95"}``. ``python -m tests.bench`` measures all the groups of rows;
``python -m tests.bench NAME ...`` measures only those groups, which `tests.bench.__main__` lists. Linux only:
memory and processor time are read from `/proc`.
"""
