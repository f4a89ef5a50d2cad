"""One run: build, read, fit, solve, agree, write, audit, publish, export (DESIGN section 6)."""
