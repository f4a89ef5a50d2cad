"""Strategy notes: the evidence behind a message in words that a creator's manager understands."""

from scheduler.planning.reasons import Reason

_NEAR = 0.005  # closer than this to its mean, an hour or a caption is no better and no worse


def strategy_note(reason: Reason, chance: str = "") -> str:
    """Why this hour, this price and this caption, in plain words with figures.

    Args:
        reason: the evidence.
        chance: what to say first of a message drawn by chance to learn; empty for none.
    """
    parts = [_hour(reason), _price(reason), _caption(reason), _runner_up(reason)]
    if reason.holiday:
        parts.insert(1, f"{reason.holiday}.")
    return " ".join([*([chance] if chance else []), *(part for part in parts if part)])


def _hour(reason: Reason) -> str:
    kind = "Prime hour" if reason.is_prime else "Not a prime hour"
    clock = f"{reason.local_hour:02d}:00"
    return f"{kind}: {clock} sells {_than(reason.hour_index)} the page's mean hour."


def _than(index: float) -> str:
    """1.31 -> "31 % better than"."""
    if abs(index - 1) < _NEAR:
        return "like"
    if index >= 2:
        return f"{index:.1f} times"
    return f"{100 * abs(index - 1):.0f} % {'better' if index > 1 else 'worse'} than"


def _price(reason: Reason) -> str:
    """What the neighbouring prices would earn."""
    told = []
    sides = (
        (reason.higher_price, reason.higher_price_revenue, "highest"),
        (reason.lower_price, reason.lower_price_revenue, "lowest"),
    )
    edge = ""
    for price, revenue, end in sides:
        if price is None or revenue is None:
            edge = f"the {end} price this page has a record of"
            continue
        told.append(f"{_gain(reason.price_revenue - revenue)} ${price:g}")
    start = f"${reason.price:g}"
    if not told:
        return f"{start} is the only price this page has a record of."
    text = f"{start} should earn {' and '.join(told)} here"
    return f"{text}; it is {edge}." if edge else f"{text}."


def _gain(dollars: float) -> str:
    if abs(dollars) < 0.5:
        return "about as much as"
    return f"about ${abs(dollars):,.0f} {'more' if dollars > 0 else 'less'} than"


def _caption(reason: Reason) -> str:
    if reason.caption_sends:
        times = "once" if reason.caption_sends == 1 else f"{reason.caption_sends} times"
        text = f"Caption sent {times} so far, sells {_than(reason.caption_score)} an untried one"
    elif reason.price_tier:
        text = f"Caption never sent, expected to sell like untried {reason.price_tier} ones"
    else:
        text = "Caption never sent, expected to sell like other untried ones"
    if reason.caption_days_since is not None:
        days = reason.caption_days_since
        text += f", rested {days} day{'s' if days != 1 else ''} here"
    elif reason.caption_sends:
        text += ", new to this page"
    if reason.energy != "neutral":
        fit = "suits" if reason.energy_suits else "does not quite suit"
        text += f"; its {reason.energy} tone {fit} the {reason.daypart}"
    return text + "."


def _runner_up(reason: Reason) -> str:
    loss = reason.runner_up_loss
    if loss is None:
        return "No other caption fits this place within the rules."
    if abs(loss) < 0.5:
        return "The next best caption would earn about as much."
    if loss < 0:
        return f"The next best caption would earn ${-loss:,.0f} more but suits the week less well."
    return f"The next best caption would earn ${loss:,.0f} less."
