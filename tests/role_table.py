"""The table of docs/roles.md, made from the policy: `python -m tests.role_table`."""

from __future__ import annotations

from pathlib import Path

from knowledge.roles import Act, Reach, Role, reach_of
from knowledge.roles_told import WHAT

PAGE = Path(__file__).resolve().parents[1] / "docs" / "roles.md"
START, END = "<!-- roles:start -->\n", "<!-- roles:end -->"
_SHOWN = {Reach.ALL: "all", Reach.OWN: "own", None: "no"}


def table() -> str:
    """One line for each act, in the order of `Act`."""
    lines = [f"| what | {' | '.join(Role)} |", "| --- |" + " --- |" * len(Role)]
    for act in Act:
        cells = " | ".join(_SHOWN[reach_of(role, act)] for role in Role)
        lines.append(f"| {WHAT[act]} | {cells} |")
    return "\n".join(lines) + "\n"


def renewed(page: str) -> str:
    """The page with the table as the policy has it now."""
    before, rest = page.split(START)
    return f"{before}{START}{table()}{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text("utf-8")), "utf-8")
