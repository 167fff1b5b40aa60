"""Requests and proposals: one demand and one contract, put out by a client and staffed by vendors."""
