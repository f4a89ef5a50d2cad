"""How good a fit is on weeks it has not seen, and the intervals that follow from them."""
