"""The rules themselves: a list of them, and the page of each."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from journal.cli.output import answer, table
from journal.errors import UsageError

if TYPE_CHECKING:
    from journal.checks.interface import Rule


def list_rules(*, as_json: bool) -> None:
    """Print every rule."""
    from journal.checks.check import RULES

    if as_json:
        answer({"rules": [_shape(rule) for rule in RULES]})
        return
    rows = [(rule.code, rule.severity.value, "yes" if rule.fixable else "", rule.summary) for rule in RULES]
    table(["code", "severity", "--fix", "finds"], rows, ["finds"])


def explain(code: str, *, as_json: bool) -> None:
    """Print the page of one rule.

    Raises:
        UsageError: There is no such rule.
    """
    from journal.checks.check import BY_CODE
    from journal.checks.pages import page

    rule = BY_CODE.get(code.upper())
    if rule is None:
        close = get_close_matches(code.upper(), BY_CODE, n=1)
        hint = f"did you mean {close[0]!r}?" if close else "`journal check --rules` lists them"
        raise UsageError(f"no rule {code!r}", hint=hint)
    if as_json:
        answer({"rule": {**_shape(rule), "page": page(rule.code)}})
    else:
        sys.stdout.write(page(rule.code))


def _shape(rule: Rule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "severity": rule.severity.value,
        "fixable": rule.fixable,
        "summary": rule.summary,
    }
