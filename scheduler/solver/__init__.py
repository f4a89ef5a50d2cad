"""The solver: chooses one page's week exactly enough to prove how good it is. Pure, no clock."""

from scheduler.solver.agency.sharing import Agreement, agree, solve_each
from scheduler.solver.caption_trials import Choice, ExploredWeek, Menu, explore
from scheduler.solver.engine.descent import SolverOptions
from scheduler.solver.page_week import solve_page, week_plan
from scheduler.solver.rule_check import violations
from scheduler.solver.week_plan import PlannedMessage, WeekPlan
from scheduler.solver.week_problem import FixedMessage, Infeasible, InvalidProblem, PageProblem

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
    "violations",
    "week_plan",
]
