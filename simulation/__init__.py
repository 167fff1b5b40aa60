"""Simulated capacity of outsourced teams: scenario in, result out; no server, no database."""
