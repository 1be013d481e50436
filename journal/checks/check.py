"""Checking: every rule over the chosen entries, findings in file order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.checks import life, numbers, references, results, structure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from journal.checks.interface import Rule, Scene
    from journal.model.finding import Finding, Severity

RULES: tuple[Rule, ...] = (*structure.RULES, *references.RULES, *results.RULES, *numbers.RULES, *life.RULES)


def check(scene: Scene) -> list[Finding]:
    """What every rule finds, by file, line and code."""
    scene.commits()  # git is asked for all of them at once
    found = [finding for path in sorted(scene.paths) for finding in look(scene.of(path))]
    return together([*found, *across(scene)])


def look(scene: Scene) -> list[Finding]:
    """What is found in the only entry of a scene that rests on no other entry; its brief is left for the others."""
    found = [finding for rule in RULES if rule.own for finding in rule.look(rule, scene)]
    scene.briefs()
    return found


def across(scene: Scene) -> Iterator[Finding]:
    """What is found in the entries of a scene that rests on others as well."""
    for rule in RULES:
        ways = rule.across if rule.own else rule.look
        yield from ways(rule, scene) if ways is not None else ()


def together(findings: Iterable[Finding]) -> list[Finding]:
    """Findings by file, line and code; a digest that several entries rest on is told of once."""
    told: dict[tuple[str, str], Finding] = {}
    once = [
        each
        for each in findings
        if each.code != results.OF_DIGESTS or told.setdefault((each.path, each.code), each) is each
    ]
    return sorted(once, key=lambda finding: (finding.path, finding.line or 0, finding.column or 0, finding.code))


def unreached(scene: Scene, findings: Iterable[Finding]) -> bool:
    """Whether something could not be looked at, so that not everything was checked."""
    return any(brief.unreached for brief in scene.briefs()) or any(
        finding.code == references.UNREACHABLE for finding in findings
    )


def count(findings: Iterable[Finding], severity: Severity) -> int:
    """How many findings are of one severity."""
    return sum(finding.severity is severity for finding in findings)
