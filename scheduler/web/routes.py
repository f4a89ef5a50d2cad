"""Every address of the app with the role that it takes: the one table of who may do what."""

from dataclasses import dataclass

from scheduler.web import acting, judging, looking, signing_in
from scheduler.web.request_guard import Endpoint

ANYBODY = None
VIEWER, OPERATOR, APPROVER = "viewer", "operator", "approver"


@dataclass(frozen=True)
class Address:
    """A path and who may ask for it.

    Attributes:
        role: the least role; None is anybody, logged in or not.
    """

    method: str
    path: str
    role: str | None
    endpoint: Endpoint


ADDRESSES = (
    Address("GET", "/health", ANYBODY, looking.healthy),
    Address("GET", "/login", ANYBODY, signing_in.log_in_page),
    Address("POST", "/login", ANYBODY, signing_in.log_in),
    Address("POST", "/logout", VIEWER, signing_in.log_out),
    Address("GET", "/", VIEWER, looking.agency),
    Address("GET", "/performance", VIEWER, looking.performance),
    Address("GET", "/scores", VIEWER, looking.scores),
    Address("GET", "/alerts", VIEWER, looking.alerts),
    Address("POST", "/alerts/{alert}/acknowledge", OPERATOR, acting.acknowledge_alert),
    Address("GET", "/pages/{page}", VIEWER, looking.week),
    Address("GET", "/pages/{page}/events", VIEWER, looking.events),
    Address("GET", "/pages/{page}/messages/{message}", VIEWER, looking.message),
    Address("GET", "/pages/{page}/messages/{message}/edit", OPERATOR, judging.edit),
    Address("POST", "/pages/{page}/messages/{message}/judge", OPERATOR, judging.judge),
    Address("POST", "/pages/{page}/messages/{message}/change", OPERATOR, acting.change_message),
    Address("POST", "/pages/{page}/messages/{message}/lock", OPERATOR, acting.lock_message),
    Address("POST", "/pages/{page}/messages/{message}/unlock", OPERATOR, acting.unlock_message),
    Address("POST", "/pages/{page}/approve", APPROVER, acting.approve_week),
    Address("POST", "/pages/{page}/rollback", APPROVER, acting.roll_back_week),
    Address("GET", "/pages/{page}/history", VIEWER, looking.history),
)
