"""The solver: chooses one page's week exactly enough to prove how good it is. Pure, no clock."""

from scheduler.solver.agree import Agreement, agree, solve_each
from scheduler.solver.explore import Choice, ExploredWeek, Menu, explore
from scheduler.solver.lagrange import SolverOptions
from scheduler.solver.plan import PlannedMessage, WeekPlan
from scheduler.solver.problem import FixedMessage, Infeasible, InvalidProblem, PageProblem
from scheduler.solver.solve import solve_page

__all__ = [
    "Agreement",
    "Choice",
    "ExploredWeek",
    "FixedMessage",
    "Infeasible",
    "InvalidProblem",
    "Menu",
    "PageProblem",
    "PlannedMessage",
    "SolverOptions",
    "WeekPlan",
    "agree",
    "explore",
    "solve_each",
    "solve_page",
]
