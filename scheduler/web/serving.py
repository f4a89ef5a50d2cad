"""The app on a port of this machine."""

import ipaddress
from pathlib import Path

import uvicorn

from scheduler.errors import SchedulerError
from scheduler.output_files import check_output_dir
from scheduler.warehouse import Workspace
from scheduler.web.application import make_app
from scheduler.web.attempts import Attempts
from scheduler.web.prepared_weeks import PreparedWeeks
from scheduler.web.request_guard import Desk
from scheduler.web.users import Users
from scheduler.web.web_folder import session_key, web_folder
from scheduler.web.web_store import Store

_LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"]


def serve(host: str, port: int, public_name: str | None, files_to: Path) -> None:
    """Answer until stopped.

    One process: log-in tries are counted in it, and DuckDB's file has one owner.

    Args:
        host: address to listen on.
        port: of it.
        public_name: under which a proxy with TLS shows the app; None without one.
        files_to: directory of the week's files.

    Raises:
        SchedulerError: others could reach the app and it has no users; or the address is none.
    """
    folder = web_folder()
    users = Users(folder)
    check_host(host, users)
    check_output_dir(files_to)
    store = Store(Workspace.find(), folder)
    desk = Desk(store, PreparedWeeks(store), users, Attempts(), files_to)
    app = make_app(
        desk, session_key(folder), hosts_of(host, public_name), is_https=public_name is not None
    )
    uvicorn.run(
        app, host=host, port=port, log_level="warning", server_header=False,
        proxy_headers=public_name is not None, forwarded_allow_ips="127.0.0.1",
    )  # fmt: skip


def check_host(host: str, users: Users) -> None:
    """See that nobody listens for others without a door.

    Raises:
        SchedulerError: the host is no address, or there are no users.
    """
    if is_loopback(host):
        return
    if not users.all():
        raise SchedulerError(
            f"Others could reach the app on {host} and it has no users. "
            "Add one first: scheduler users add NAME --role approver."
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address.

    Raises:
        SchedulerError: it is no address.
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError as error:
        raise SchedulerError(
            f"{host} is no address of this machine. Use one such as 127.0.0.1 or 0.0.0.0."
        ) from error


def hosts_of(host: str, public_name: str | None) -> list[str]:
    """Names under which a browser may ask: another site's name that points here is refused."""
    if public_name is not None:
        return [public_name, *_LOOPBACK_NAMES]
    if is_loopback(host):
        return _LOOPBACK_NAMES
    return ["*"] if ipaddress.ip_address(host).is_unspecified else [host, *_LOOPBACK_NAMES]
