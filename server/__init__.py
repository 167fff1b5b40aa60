"""The service around the simulation: command line, GraphQL, store, worker."""
