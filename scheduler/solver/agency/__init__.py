"""How the pages of an agency share captions."""
