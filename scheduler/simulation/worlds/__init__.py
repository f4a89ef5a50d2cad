"""A family of made-up worlds that differ in form: what holds in all is tuned to none."""

from scheduler.simulation.worlds.drawn_world import World
from scheduler.simulation.worlds.family import draw_world

__all__ = ["World", "draw_world"]
