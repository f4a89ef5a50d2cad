"""Who may use the app: names, roles and password hashes, in one file of the app's folder."""

import fcntl
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from scheduler.errors import SchedulerError
from scheduler.web.web_folder import write_private

ROLES = ("viewer", "operator", "approver")
"""Each may do what those before it may."""
SHORTEST_PASSWORD = 12
_LONGEST_PASSWORD = 200
_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
# Source: RFC 7914 and OWASP's password storage cheat sheet: 32 MB and some 0.1 s a try.
_COST = {"n": 2**15, "r": 8, "p": 1, "maxmem": 64 * 1024 * 1024}


@dataclass(frozen=True)
class User:
    """A person with a password.

    Attributes:
        name: lower case.
        role: one of ROLES.
        salt: hex, random.
        digest: hex, scrypt of the password.
        stamp: changes with the password: sessions of an older one end.
    """

    name: str
    role: str
    salt: str
    digest: str
    stamp: str

    def may(self, role: str) -> bool:
        """Whether the role is theirs or below it."""
        return ROLES.index(self.role) >= ROLES.index(role)


class Users:
    """The file of users; every look at it sees what another process wrote last."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "users.json"
        self._seen: tuple[int, int, int] | None = None
        self._known: dict[str, User] = {}

    def all(self) -> Mapping[str, User]:
        """Name -> user.

        Raises:
            SchedulerError: the file is not as we wrote it.
        """
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return {}
        seen = (found.st_ino, found.st_mtime_ns, found.st_size)
        if seen != self._seen:
            self._known, self._seen = self._read(), seen
        return self._known

    def _read(self) -> dict[str, User]:
        try:
            rows = json.loads(self.path.read_text(encoding="utf-8"))
            return {name: User(name=name, **row) for name, row in rows.items()}
        except (ValueError, TypeError, AttributeError) as error:
            raise SchedulerError(
                f"{self.path} is damaged. Put a copy of it back, or remove it and add the users"
                " again."
            ) from error

    def add(self, name: str, role: str, password: str) -> User:
        """A new user.

        Raises:
            SchedulerError: the name is taken or is none, or the password is too short.
        """
        known = _name(name)
        with self._changing() as users:
            if known in users:
                raise SchedulerError(
                    f"There is a user {known} already. Change the role with `scheduler users role`"
                    " or the password with `scheduler users password`."
                )
            users[known] = _made(known, role, password)
            return users[known]

    def set_role(self, name: str, role: str) -> None:
        """Another role, in force with the user's next step.

        Raises:
            SchedulerError: there is no such user.
        """
        with self._changing() as users:
            user = self._of(users, name)
            users[user.name] = replace(user, role=role)

    def set_password(self, name: str, password: str) -> None:
        """Another password; sessions of the old one end.

        Raises:
            SchedulerError: there is no such user, or the password is too short.
        """
        with self._changing() as users:
            user = self._of(users, name)
            users[user.name] = _made(user.name, user.role, password)

    def remove(self, name: str) -> None:
        """Take a user away; their sessions end.

        Raises:
            SchedulerError: there is no such user.
        """
        with self._changing() as users:
            del users[self._of(users, name).name]

    def checked(self, name: str, password: str) -> User | None:
        """The user whose name and password these are; one that is unknown takes as long."""
        user = self.all().get(name.strip().lower())
        # Longer texts are no password of ours, and would cost time for nothing.
        tried = password[:_LONGEST_PASSWORD]
        digest = _digest(tried, user.salt if user else "00" * 16)
        known = user is not None and len(password) <= _LONGEST_PASSWORD
        return user if known and user and hmac.compare_digest(digest, user.digest) else None

    @contextmanager
    def _changing(self) -> Iterator[dict[str, User]]:
        with self.path.with_suffix(".lock").open("a") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            users = dict(self.all())
            yield users
            rows = {
                name: {key: value for key, value in asdict(users[name]).items() if key != "name"}
                for name in sorted(users)
            }
            write_private(self.path, json.dumps(rows, indent=1) + "\n")

    def _of(self, users: Mapping[str, User], name: str) -> User:
        user = users.get(name.strip().lower())
        if user is None:
            known = ", ".join(sorted(users)) or "nobody yet"
            raise SchedulerError(f"There is no user {name!r}. Known: {known}.")
        return user


def _name(name: str) -> str:
    known = name.strip().lower()
    if not _NAME.fullmatch(known):
        raise SchedulerError(
            f"{name!r} is no user name. Use letters, digits and . _ @ - (64 at most)."
        )
    return known


def _made(name: str, role: str, password: str) -> User:
    if not SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
        raise SchedulerError(
            f"A password has {SHORTEST_PASSWORD} to {_LONGEST_PASSWORD} characters."
            " Four words that belong to no sentence make a good one."
        )
    salt = secrets.token_hex(16)
    return User(name, role, salt, _digest(password, salt), secrets.token_hex(8))


def _digest(password: str, salt: str) -> str:
    return hashlib.scrypt(password.encode(), salt=bytes.fromhex(salt), dklen=32, **_COST).hex()
