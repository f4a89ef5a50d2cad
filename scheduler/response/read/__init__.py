"""What a fit says: predictions, a page's response, curves, draws and how sure they are."""
