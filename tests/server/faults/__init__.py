"""The fault matrix: what is broken, on real parts, and one judge of what was lost by it.

`python -m tests.server.faults` runs it three times in a row and prints a table;
`pytest -m bar tests/server/faults` runs it once.
"""
