"""The command line: parse, call, print. No rule lives here."""

from scheduler.cli.main import cli, main

__all__ = ["cli", "main"]
