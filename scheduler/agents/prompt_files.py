"""The prompts: one Markdown file per role, and one that binds them all."""

import hashlib
import json
from functools import cache
from importlib import resources


@cache
def prompt(role: str) -> str:
    """The static part of a role's prompt: what binds all roles, then its own."""
    folder = resources.files("scheduler.agents") / "prompts"
    return "\n\n".join((folder / f"{name}.md").read_text("utf-8").strip() for name in ("all", role))


@cache
def prompts_hash() -> str:
    """Hash of all prompts: weeks that other prompts advised on are other weeks."""
    folder = resources.files("scheduler.agents") / "prompts"
    texts = sorted((path.name, path.read_text("utf-8")) for path in folder.iterdir())
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()
