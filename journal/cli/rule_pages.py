"""The rules themselves: a list of them by family, and the page of each."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from itertools import groupby
from typing import TYPE_CHECKING, Any

from journal.cli.output import answer, put_styled, table
from journal.cli.wrapping import put_page
from journal.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.checks.interface import Rule


_SEVERITY = len("warning")
_FIX = "--fix"


def list_rules(select: Sequence[str] = (), ignore: Sequence[str] = (), *, as_json: bool) -> None:
    """Print every rule, or those that are selected, by family.

    Raises:
        UsageError: A rule is named that there is not.
    """
    from journal.checks.families import FAMILIES, by_family, family_of
    from journal.checks.selection import Selection, codes, require_known

    rules = by_family()
    require_known([*codes(select), *codes(ignore)], [rule.code for rule in rules])
    selection = Selection(codes(select), codes(ignore))
    shown = [rule for rule in rules if selection.has(rule.code)]
    if as_json:
        answer({"rules": [_shape(rule) for rule in shown]})
        return
    for number, (family, group) in enumerate(groupby(shown, key=lambda rule: family_of(rule.code))):
        if number:
            put_styled()
        put_styled((family, "1"), (f"  {FAMILIES[family]}", ""))
        _list(list(group))


def _list(rules: Sequence[Rule]) -> None:
    rows = [
        (rule.code, f"{rule.severity:<{_SEVERITY}}", _FIX if rule.fixable else " " * len(_FIX), rule.summary)
        for rule in rules
    ]
    table([""] * 4, rows, [""])


def explain(code: str, *, as_json: bool) -> None:
    """Print the page of one rule, or what a family is about and its rules.

    Raises:
        UsageError: There is no such rule.
    """
    from journal.checks.check import BY_CODE
    from journal.checks.families import FAMILIES
    from journal.checks.pages import page

    if code.upper() in FAMILIES:
        list_rules([code], as_json=as_json)
        return
    rule = BY_CODE.get(code.upper())
    if rule is None:
        close = get_close_matches(code.upper(), [*BY_CODE, *FAMILIES], n=1)
        hint = f"did you mean {close[0]!r}?" if close else "`journal check --rules` lists them"
        raise UsageError(f"no rule {code!r}", hint=hint)
    text = page(rule.code)
    if as_json:
        answer({"rule": {**_shape(rule), "page": text}})
    elif sys.stdout.isatty():
        put_page(text)
    else:
        sys.stdout.write(text)


def _shape(rule: Rule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "severity": rule.severity.value,
        "fixable": rule.fixable,
        "ignorable": rule.ignorable,
        "summary": rule.summary,
    }
