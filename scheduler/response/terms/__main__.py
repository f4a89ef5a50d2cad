"""Prints the table of terms: `python -m scheduler.response.terms`."""

from scheduler.response.terms.table import terms_table

print("\n".join(terms_table()))
