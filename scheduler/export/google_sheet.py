"""A spreadsheet of Google Sheets: its worksheets read as values, or replaced by a week's tables.

Needs the extra `sheets`. Credentials are the application default ones, as google-auth finds them:
the file that GOOGLE_APPLICATION_CREDENTIALS names, or those of `gcloud`, or of the machine.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import google.auth
import gspread
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport.requests import AuthorizedSession
from gspread.exceptions import APIError, NoValidUrlKeyFound
from gspread.utils import absolute_range_name, extract_id_from_url
from requests.adapters import HTTPAdapter
from requests.exceptions import RequestException
from urllib3.util.retry import Retry

from scheduler.errors import SchedulerError
from scheduler.export.sheet_requests import replacing
from scheduler.export.week_workbook import WeekTables

_SCOPE = "https://www.googleapis.com/auth/spreadsheets"
_LOGIN = (
    f"`gcloud auth application-default login --scopes={_SCOPE},"
    "https://www.googleapis.com/auth/cloud-platform`"
)
_NO_CREDENTIALS = (
    "There are no Google credentials that can be used. Set GOOGLE_APPLICATION_CREDENTIALS to the"
    f" key file of a service account, or run {_LOGIN}."
)
_TIMEOUT = (10.0, 180.0)
"""Seconds to connect, and to an answer: Google itself gives a request up after 180."""
_RANGES_AT_ONCE = 50
"""Worksheets named in the address of one request, which has a length that servers take."""
_PROPERTIES = "properties.title,sheets(properties,merges)"
_BY_REASON = {
    "SERVICE_DISABLED": "Enable the Google Sheets API in the Cloud project of the credentials.",
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": f"The credentials are not for Sheets: run {_LOGIN}.",
}
_BY_STATUS = {
    401: f"Google refused the credentials. Make the key anew, or run {_LOGIN}.",
    404: "There is no such spreadsheet. Copy its address from the browser.",
    429: "The quota of Google Sheets is used up. Try again in some minutes.",
}


class GoogleSheet:
    """An open spreadsheet.

    Attributes:
        name: its title, and its address without what a browser adds.
    """

    def __init__(self, url: str) -> None:
        """Open it.

        Args:
            url: its address in the browser.

        Raises:
            SchedulerError: the address is none of a spreadsheet, there are no credentials, or
                Google refuses them or can't be reached.
        """
        try:
            key = extract_id_from_url(url)
        except NoValidUrlKeyFound as error:
            raise SchedulerError(
                f"{url} is no address of a spreadsheet."
                " Write it as https://docs.google.com/spreadsheets/d/..."
            ) from error
        credentials = _credentials()
        self._account: str = getattr(credentials, "service_account_email", None) or ""
        client = gspread.HTTPClient(credentials, _session(credentials))
        client.set_timeout(_TIMEOUT)
        with self._explained():
            self._book = gspread.Spreadsheet(client, {"id": key})
        self.name = f"{self._book.title} ({self._book.url})"

    def values(self) -> list[tuple[str, list[list[Any]]]]:
        """Title and rows of each worksheet: numbers and flags as such, dates as they are shown.

        Raises:
            SchedulerError: Google refuses it, or can't be reached.
        """
        titles = [sheet["properties"]["title"] for sheet in self._worksheets()]
        found: list[tuple[str, list[list[Any]]]] = []
        for start in range(0, len(titles), _RANGES_AT_ONCE):
            part = titles[start : start + _RANGES_AT_ONCE]
            with self._explained():
                answer = self._book.values_batch_get(
                    [absolute_range_name(title) for title in part],
                    {
                        "valueRenderOption": "UNFORMATTED_VALUE",
                        "dateTimeRenderOption": "FORMATTED_STRING",
                    },
                )
            rows = [values.get("values", []) for values in answer["valueRanges"]]
            found += zip(part, rows, strict=True)
        return found

    def replace(self, tables: WeekTables) -> list[str]:
        """Put a week's tables in place of the worksheets of their names, all or none of them.

        Other worksheets stay as they are. A page without messages has no worksheet, but empties
        one that is there: a week left behind would look like one.

        Returns:
            Titles of the worksheets written.

        Raises:
            SchedulerError: Google refuses it, or can't be reached. Nothing was changed then.
        """
        requests, written = replacing(tables, self._worksheets())
        with self._explained():
            self._book.batch_update({"requests": requests})
        return written

    def _worksheets(self) -> list[Mapping[str, Any]]:
        """Those that have cells; a sheet may be a chart."""
        with self._explained():
            book = self._book.fetch_sheet_metadata({"fields": _PROPERTIES})
        sheets = book["sheets"]
        return [s for s in sheets if s["properties"].get("sheetType", "GRID") == "GRID"]

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Errors in our own words: what a server says of a request may quote it."""
        try:
            yield
        except APIError as error:
            raise SchedulerError(self._advice(error)) from error
        except (RequestException, TransportError) as error:
            raise SchedulerError("Google Sheets can't be reached. Check the network.") from error
        except GoogleAuthError as error:
            raise SchedulerError(_BY_STATUS[401]) from error

    def _advice(self, error: APIError) -> str:
        status = error.response.status_code
        details = error.error.get("details") or ()
        for detail in details:
            if advice := _BY_REASON.get(str(detail.get("reason"))):
                return advice
        if status == 403:
            whom = self._account or "the account of the credentials"
            return f"The spreadsheet is not shared: share it with {whom}, as an editor."
        if error.error.get("status") == "FAILED_PRECONDITION":
            return (
                "It is a file of Office on Drive. Open it and choose File > Save as Google Sheets."
            )
        if status >= 500:
            return f"Google Sheets fails at present ({status}). Try again later."
        return _BY_STATUS.get(status) or (
            f"Google Sheets refused the request ({status}). Is a worksheet of the week protected?"
            " Delete that worksheet, and export again."
        )


def _credentials() -> Any:
    try:
        credentials, _ = google.auth.default(scopes=[_SCOPE])
    except (GoogleAuthError, OSError, ValueError) as error:
        raise SchedulerError(_NO_CREDENTIALS) from error
    return credentials


def _session(credentials: Any) -> AuthorizedSession:
    """Asks again, later and later for a minute, where Google is busy: its quotas are by minute.

    gspread's own client that does so never gives up.
    """
    retry = Retry(
        total=6, connect=3, read=1, backoff_factor=1, backoff_jitter=0.5, allowed_methods=None,
        status_forcelist=(429, 500, 502, 503, 504), raise_on_status=False,
    )  # fmt: skip
    session = AuthorizedSession(credentials)  # type: ignore[no-untyped-call]
    session.mount("https://", HTTPAdapter(max_retries=retry))
    return session
