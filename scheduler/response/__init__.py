"""The response model: what a message earns, given page, time, content, caption, price, fatigue."""

from scheduler.response.fatigue import FatigueCurve
from scheduler.response.model import POOL, ResponseModel, fit_response
from scheduler.response.page import PageResponse
from scheduler.response.settings import ResponseError, ResponseSettings
from scheduler.response.skill import SkillReport

__all__ = [
    "POOL",
    "FatigueCurve",
    "PageResponse",
    "ResponseError",
    "ResponseModel",
    "ResponseSettings",
    "SkillReport",
    "fit_response",
]
