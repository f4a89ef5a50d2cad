"""The best other captions for a message's place: what else the week could have had there."""

from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np

from scheduler.solver.rule_check import violations
from scheduler.solver.valuation import Pick
from scheduler.solver.week_problem import PageProblem

_TRIED = 200  # captions looked at for one place, best first


def broken_rules(problem: PageProblem, picks: Sequence[Pick]) -> Counter[tuple[str, str]]:
    """The rules a week breaks, with how: a changed week may break no other."""
    return Counter((v.rule, v.detail) for v in violations(problem, picks))


def alternatives(
    problem: PageProblem, picks: Sequence[Pick], place: int, taken: Collection[str], count: int
) -> list[int]:
    """Captions that could stand at a place instead, the rest of the week unchanged, best first.

    Args:
        problem: the page's problem.
        picks: the week, (slot, caption) of each message.
        place: the message, as an index of `picks`.
        taken: captions of other pages' weeks.
        count: how many are wanted.

    Returns:
        Indices of captions; of equals the first comes first. Fewer than `count` where the rules
        the week keeps allow no more.
    """
    slot = picks[place][0]
    worth = problem.caption_value * problem.caption_daypart_factor[:, problem.slot_daypart[slot]]
    used = {caption for _, caption in picks}
    allowed = broken_rules(problem, picks)
    found: list[int] = []
    for caption in np.argsort(-worth, kind="stable")[: _TRIED + len(used)].tolist():
        if caption in used or problem.caption_keys[caption] in taken:
            continue
        changed = [*picks[:place], (slot, caption), *picks[place + 1 :]]
        if broken_rules(problem, changed) <= allowed:
            found.append(caption)
        if len(found) == count:
            break
    return found
