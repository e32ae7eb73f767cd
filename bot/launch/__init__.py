"""Starts the whole product on one machine: `make run`."""
