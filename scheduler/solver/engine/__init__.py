"""How a page's week is found and its bound proven."""
