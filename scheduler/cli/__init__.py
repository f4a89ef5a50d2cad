"""The command line: parse, call, print. No rule lives here."""

from scheduler.cli.group import cli, main

__all__ = ["cli", "main"]
