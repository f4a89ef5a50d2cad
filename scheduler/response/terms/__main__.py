"""Prints the table of terms: `python -m scheduler.response.terms`."""

import sys

from scheduler.response.terms.table import terms_table

sys.stdout.write("\n".join(terms_table()) + "\n")
