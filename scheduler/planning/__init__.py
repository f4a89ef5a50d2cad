"""A page's week in the solver's terms, and back into rows."""
