"""The families of rules: what each is about, and the rules in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from journal.checks.interface import Rule

FAMILIES = {
    "DOC": "the entry as a document: front matter, file name, sections, ignores",
    "REF": "what an entry refers to: commits, runs, other entries",
    "TAB": "blocks and cited values, and the evidence that they rest on",
    "NUM": "numbers that authors wrote by hand",
    "LIF": "how an entry stands, and how that fits other entries",
    "DAT": "dates and times",
    "LNK": "links between pages",
    "PRV": "what should not be published",
    "COM": "commits in git, and whether runs belong to them",
    "IDX": "lists of entries that are kept by hand",
}
"""What the rules of a family are about, by the letters that their codes begin with; in their order."""


def family_of(code: str) -> str:
    """The letters that a rule's code begins with."""
    return code.rstrip("0123456789")


def by_family() -> tuple[Rule, ...]:
    """All rules by family, then by number."""
    from journal.checks.check import RULES

    order = list(FAMILIES)
    return tuple(sorted(RULES, key=lambda rule: (order.index(family_of(rule.code)), rule.code)))
