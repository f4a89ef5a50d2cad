"""What leaves the project: a CSV and a report per published page, and the batch summary."""
