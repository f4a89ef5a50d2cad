"""The week in a browser: what the reports show, and what the command line does."""
