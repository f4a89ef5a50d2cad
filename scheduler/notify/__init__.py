"""Alerts and a run's summary to the people they concern, by webhook and by mail, each once."""
