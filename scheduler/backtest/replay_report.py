"""What a replay showed, as plain figures: measures by model, scope and metric."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from scheduler.backtest.rolling_replay import MODELS, Replayed
from scheduler.response.judge.evaluate import Scope, coverage_rows, scopes
from scheduler.response.judge.skill import Judged, metrics

Measure = tuple[str, str, str, str, float | None]


@dataclass(frozen=True)
class Report:
    """Figures of one replay; everything in it survives a round trip through JSON.

    Attributes:
        as_of: clock of the marts, ISO.
        ours: the model that plans; intervals and losses are its own.
        training_hash: of the history and the settings that were replayed.
        origins: local days before `as_of` from which was predicted, oldest first.
        weeks: weeks predicted from each origin.
        train_rows: messages learned from at each origin.
        interval_coverage: share that the intervals should hold.
        measures: (model, scope, scope_value, metric, value); scope is agency, tier, page or origin;
            None is not measured.
    """

    as_of: str
    ours: str
    training_hash: str
    origins: tuple[float, ...]
    weeks: int
    train_rows: tuple[int, ...]
    interval_coverage: float
    measures: tuple[Measure, ...]

    def value(
        self, model: str, metric: str, scope: str = "agency", scope_value: str = "all"
    ) -> float:
        """One measure; NaN when it was not measured."""
        wanted = (model, scope, scope_value, metric)
        found = self._by_name().get(wanted)
        return float("nan") if found is None else found

    def _by_name(self) -> dict[tuple[str, str, str, str], float | None]:
        return {measure[:4]: measure[4] for measure in self.measures}

    def names(self, scope: str) -> list[str]:
        """Scope values of a scope, in order of their first measure."""
        return list(
            dict.fromkeys(m[2] for m in self.measures if m[0] == self.ours and m[1] == scope)
        )

    def losers(self, scope: str) -> list[str]:
        """Tiers or pages whose own naive mean predicts purchases no worse than our model."""
        return [
            name
            for name in self.names(scope)
            if self.value(self.ours, "beats_page_mean", scope, name) == 0.0
        ]

    def to_json(self) -> str:
        """The report as JSON."""
        return json.dumps(asdict(self), indent=1, sort_keys=True)

    @staticmethod
    def from_json(text: str) -> "Report":
        """Read what `to_json` wrote.

        Raises:
            ValueError: it is no report.
        """
        try:
            values = json.loads(text)
            values["measures"] = tuple(tuple(measure) for measure in values["measures"])
            for name in ("origins", "train_rows"):
                values[name] = tuple(values[name])
            return Report(**values)
        except (KeyError, TypeError) as error:
            raise ValueError("no report of a backtest") from error


def make_report(
    replayed: Replayed, as_of: str, key: str, weeks: int, interval_coverage: float
) -> Report:
    """Measure a replay: every model, overall, by tier, page and origin; intervals for ours."""
    ours = replayed.judged[replayed.ours]
    groups = scopes(ours, replayed.labels)
    groups += [
        ("origin", f"{origin.days_ago:.0f}", replayed.origin == number)
        for number, origin in enumerate(replayed.origins)
    ]
    measures: list[Measure] = []
    for model in MODELS:
        measures += _measured(model, replayed.judged[model], groups)
    covered = coverage_rows(ours, replayed.inside, replayed.week_inside, groups)
    measures += [
        (replayed.ours, scope, name, metric, _plain(value))
        for scope, name, metric, value in covered
    ]
    return Report(
        as_of=as_of,
        ours=replayed.ours,
        training_hash=key,
        origins=tuple(origin.days_ago for origin in replayed.origins),
        weeks=weeks,
        train_rows=replayed.train_rows,
        interval_coverage=interval_coverage,
        measures=tuple(measures),
    )


def _measured(model: str, judged: Judged, groups: Sequence[Scope]) -> list[Measure]:
    return [
        (model, scope, name, metric, _plain(value))
        for scope, name, mask in groups
        for metric, value in metrics(judged.take(mask)).items()
    ]


def _plain(value: float) -> float | None:
    """A figure of 6 digits; None where it is none, which JSON can say."""
    return None if np.isnan(value) else float(f"{value:.6g}")
