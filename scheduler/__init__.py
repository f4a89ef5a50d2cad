"""Decides each week's paid mass messages for every page of a creator agency."""
