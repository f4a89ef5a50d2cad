"""Reports for people: one self-contained HTML file per page and one for the agency."""
