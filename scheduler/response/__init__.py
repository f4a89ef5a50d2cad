"""The response model: what a message earns, given page, time, content, caption, price, fatigue."""

from scheduler.response.judge.skill import SkillReport
from scheduler.response.model import POOL, ResponseModel, fit_response
from scheduler.response.read.draws import Offers, draw_deviations
from scheduler.response.read.fatigue_of_week import FatigueCurve
from scheduler.response.read.page import PageResponse
from scheduler.response.settings import ResponseError, ResponseSettings

__all__ = [
    "POOL",
    "FatigueCurve",
    "Offers",
    "PageResponse",
    "ResponseError",
    "ResponseModel",
    "ResponseSettings",
    "SkillReport",
    "draw_deviations",
    "fit_response",
]
