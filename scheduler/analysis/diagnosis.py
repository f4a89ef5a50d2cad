"""Why a page's score is what it is, and what would raise it."""

from collections.abc import Mapping, Sequence
from typing import Any

from scheduler.analysis.performance import PageAnalysis, best_volume

_ADVICE = {
    "rps": "Revenue per recipient is the weakest part: send in the prime hours, at prices inside"
    " the page's best range, with the content that earns most.",
    "conversion": "Conversion is the weakest part: lower the price where the curve allows it, and"
    " rest captions that did not sell.",
    "execution": "Execution is the weakest part: planned messages were not sent; compare"
    " schedule_performance_log with the plan.",
    "diversity": "Diversity is the weakest part: the same captions repeat; raise"
    " min_freshness_days or add captions.",
}


def diagnose(analysis: PageAnalysis, weights: Mapping[str, float]) -> dict[str, Any]:
    """Components by points lost, data problems, and recommendations.

    Args:
        analysis: the page's standing.
        weights: component -> weight in the score, as the setting has it.

    Returns:
        `page_name`, `overall_score`, `tier` (the band), `components` (component -> value, weight
        and points lost), `data_quality_issues` and `recommendations` (sentences, worst first).
    """
    row = analysis.eros.get(analysis.main_window, {})
    components = {}
    for name, weight in weights.items():
        value = row.get(f"{name}_component")
        lost = None if value is None else 100 * weight * (1 - value)
        components[name] = {"value": value, "weight": weight, "points_lost": lost}
    known = {name: part for name, part in components.items() if part["points_lost"] is not None}
    worst = sorted(known, key=lambda name: (-float(known[name]["points_lost"] or 0.0), name))
    return {
        "page_name": analysis.page_name,
        "overall_score": row.get("eros_score"),
        "tier": row.get("eros_band"),
        "components": components,
        "data_quality_issues": _data_issues(analysis),
        "recommendations": [_ADVICE[name] for name in worst[:2]] + _standing_advice(analysis),
    }


def _data_issues(analysis: PageAnalysis) -> list[str]:
    quality = analysis.quality
    if not quality or not quality.get("row_count"):
        return ["No raw message in the window: load newer data."]
    issues = []
    invalid = quality["row_count"] - quality["valid_row_count"]
    if invalid:
        issues.append(f"{invalid} of {quality['row_count']} rows are not valid.")
    if quality["completeness"] is not None and quality["completeness"] < 1:
        issues.append(f"{100 * (1 - quality['completeness']):.1f} % of the fields are empty.")
    if quality["freshness"] is not None and quality["freshness"] < 1:
        issues.append("The last valid message is old: load newer data.")
    return issues


def _standing_advice(analysis: PageAnalysis) -> list[str]:
    creator = analysis.creator
    advice = []
    if creator["saturation_status"] == "OVERSATURATED":
        advice.append(
            f"The page sends {creator['present_weekly_volume']:.0f} messages a week; its best"
            f" volume is near {best_volume(creator)}."
        )
    if creator["saturation_status"] == "UNDERSATURATED":
        advice.append(f"The page could send more: about {best_volume(creator)} a week.")
    if creator["health_status"] == "DECLINING":
        advice.append("Revenue is declining: review the page by hand before publishing.")
    if not creator["has_vault"]:
        advice.append("The page has no row in vault_matrix: no week can be planned.")
    return advice


def component_weights(
    values: Mapping[str, Any], names: Sequence[str] = tuple(_ADVICE)
) -> dict[str, float]:
    """Weights of the score's components, from the settings of the build."""
    return {name: float(values[f"eros_{name}_weight"]) for name in names}
