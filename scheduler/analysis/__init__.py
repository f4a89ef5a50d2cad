"""What the marts say of a page, put into words and figures: no formula of its own."""
