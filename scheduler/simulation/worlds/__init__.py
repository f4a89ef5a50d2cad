"""A family of made-up worlds that differ in form: what holds in all of them was not tuned to one."""

from scheduler.simulation.worlds.family import draw_world
from scheduler.simulation.worlds.world import World

__all__ = ["World", "draw_world"]
