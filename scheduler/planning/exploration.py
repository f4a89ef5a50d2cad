"""Step 5, last part: some messages are redrawn by chance, so that next month's model knows more."""

from collections.abc import Iterable, Mapping

import numpy as np

from scheduler.marts.inputs import AgencyInputs
from scheduler.planning.caption_prices import caption_places, days_since_use, explorable_prices
from scheduler.planning.page_problem import PlannedPage
from scheduler.response import Offers, PageResponse, ResponseModel, draw_deviations
from scheduler.solver import ExploredWeek, Menu, PageProblem, WeekPlan, explore

_DRAWS = 200


def explore_weeks(
    pages: Mapping[str, tuple[PlannedPage, PageProblem, WeekPlan, PageResponse]],
    ids: Mapping[str, str],
    inputs: AgencyInputs,
    model: ResponseModel,
    taken: Iterable[str] = (),
) -> dict[str, ExploredWeek]:
    """Let the agreed weeks explore, page after page by name; empty when exploration is off.

    Without predictions nothing is believed that could be doubted, so it is off then too.

    Args:
        pages: page -> its rows, the problem with the captions it may still send, its agreed week
            and its response.
        ids: page -> schedule id, which seeds its chance.
        inputs: the marts' rows.
        model: its posterior is drawn from.
        taken: captions that weeks outside this run hold.
    """
    settings = inputs.settings
    if settings.exploration_share == 0 or not settings.enable_ml_predictions or not pages:
        return {}
    used = set(taken)
    used.update(m.caption_key for _, _, plan, _ in pages.values() for m in plan.messages)
    explored = {}
    for page, (planned, problem, plan, response) in sorted(pages.items()):
        rng = np.random.default_rng(int(ids[page], 16))
        menu = page_menu(planned, problem, inputs, model, response, rng)
        used.difference_update(m.caption_key for m in plan.messages)
        week = explore(problem, plan, menu, settings.exploration_share, used, rng)
        used.update(m.caption_key for m in week.messages)
        explored[page] = week
    return explored


def page_menu(
    planned: PlannedPage,
    problem: PageProblem,
    inputs: AgencyInputs,
    model: ResponseModel,
    response: PageResponse,
    rng: np.random.Generator,
) -> Menu:
    """What a page's messages may be redrawn to, with draws from the posterior.

    `problem` may hold fewer captions than `planned`, whose rows say what they are.
    """
    page = problem.page_name
    place = {key: row for row, key in enumerate(planned.captions.column("caption_key").to_pylist())}
    captions = planned.captions.take([place[key] for key in problem.caption_keys])
    contents = captions.column("content_category_key").to_pylist()
    names = sorted(set(contents))
    content = np.array([names.index(name) for name in contents], dtype=np.int64)
    prices = explorable_prices(inputs.price_points, response, inputs.page_settings[page])
    log_price = np.array([response.log_price(name, prices) for name in names]) + np.log(prices)
    own = np.searchsorted(prices, problem.caption_price)
    offers = Offers(
        caption_places(response, captions), contents, days_since_use(captions, inputs), prices
    )
    draws = draw_deviations(model, page, offers, rng, _DRAWS)
    return Menu(
        content=content,
        prices=prices,
        log_price=log_price,
        log_value=np.log(problem.caption_value) - log_price[content, own],
        caption_draws=draws.caption,
        price_draws=draws.price,
    )
