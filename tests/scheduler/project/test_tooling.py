"""One command lints everywhere, and the lock holds what the project asks for."""

import re
import tomllib

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.scheduler.project.files import ROOT


def locked(lock: str) -> dict[str, str]:
    """Version by canonical name."""
    pins = re.findall(r"^([\w.-]+)==(\S+)$", lock, re.MULTILINE)
    return {canonicalize_name(name): version for name, version in pins}


def outside_lock(requirements: list[str], lock: str) -> list[str]:
    """Requirements that the lock does not pin, or pins to a version they refuse."""
    pins = locked(lock)
    found = []
    for text in requirements:
        wanted = Requirement(text)
        pin = pins.get(canonicalize_name(wanted.name))
        if pin is None or pin not in wanted.specifier:
            found.append(text)
    return found


def test_the_lock_holds_every_requirement() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    assert outside_lock(asked, (ROOT / "requirements.lock").read_text(encoding="utf-8")) == []


def test_commits_and_ci_run_the_same_commands_as_people() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    entries = [hook["entry"] for repo in hooks["repos"] for hook in repo["hooks"]]
    assert entries == ["make lint"]
    assert {repo["repo"] for repo in hooks["repos"]} == {"local"}
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_the_lock_check_catches_what_is_missing_or_too_old() -> None:
    lock = "click==8.2.0\nPyYAML==5.1\n"
    assert outside_lock(["click>=8.2,<9", "pyyaml>=6", "rich"], lock) == ["pyyaml>=6", "rich"]
