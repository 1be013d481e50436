"""Checking: every rule over the chosen entries, findings in file order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.checks import numbers, references, results, structure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from journal.checks.interface import Rule, Scene
    from journal.model.finding import Finding, Severity

RULES: tuple[Rule, ...] = (*structure.RULES, *references.RULES, *results.RULES, *numbers.RULES)


def check(scene: Scene) -> list[Finding]:
    """What every rule finds, by file, line and code."""
    found = [finding for rule in RULES for finding in rule.look(rule, scene)]
    return sorted(found, key=lambda finding: (finding.path, finding.line or 0, finding.column or 0, finding.code))


def unreached(scene: Scene, findings: Iterable[Finding]) -> bool:
    """Whether something could not be looked at, so that not everything was checked."""
    return scene.unreached or any(finding.code == references.UNREACHABLE for finding in findings)


def count(findings: Iterable[Finding], severity: Severity) -> int:
    """How many findings are of one severity."""
    return sum(finding.severity is severity for finding in findings)
