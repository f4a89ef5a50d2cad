"""The response model: fitted once for a history, kept, and made the latest."""
