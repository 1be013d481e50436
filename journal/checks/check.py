"""Checking: every rule over the chosen entries, findings in file order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.checks import (
    commits,
    dates,
    ignoring,
    index_pages,
    life,
    links,
    named_runs,
    numbers,
    privacy,
    references,
    results,
    siblings,
    structure,
    two_places,
    waiting,
)
from journal.checks.selection import UNREACHABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from journal.checks.interface import Rule, Scene
    from journal.model.finding import Finding, Severity

RULES: tuple[Rule, ...] = (
    *structure.RULES,
    *ignoring.rules(lambda: BY_CODE),
    *references.RULES,
    *named_runs.RULES,
    *two_places.RULES,
    *results.RULES,
    *numbers.RULES,
    *life.RULES,
    *commits.RULES,
    *dates.RULES,
    *links.RULES,
    *privacy.RULES,
    *waiting.RULES,
    *siblings.RULES,
    *index_pages.RULES,
)
# What these rules find of a file as a whole may be found in several entries.
_SHARED = frozenset({results.OF_DIGESTS, references.LOST_COMMIT, UNREACHABLE, privacy.PLANTED})
BY_CODE: Mapping[str, Rule] = {rule.code: rule for rule in RULES}


def check(scene: Scene) -> list[Finding]:
    """What every rule finds and no entry asks to ignore, by file, line and code."""
    scene.commits()  # git is asked for all of them at once
    found = [finding for path in sorted(scene.paths) for finding in look(scene.of(path))]
    return [finding for finding in together([*found, *across(scene)]) if finding.ignored is None]


def look(scene: Scene) -> list[Finding]:
    """What is found in the only entry of a scene that rests on no other entry; its brief is left for the others.

    What the entry asks to ignore is among it, with the reason.
    """
    wishes = ignoring.Ignoring(scene, BY_CODE)
    found = wishes.marked(finding for rule in RULES if rule.own for finding in rule.look(rule, scene))
    scene.briefs()

    def was_looked_for(code: str) -> bool:
        return BY_CODE[code].own and ignoring.was_looked_for(scene, code)

    return [*found, *wishes.idle(BY_CODE[ignoring.IDLE], found, was_looked_for)]


def across(scene: Scene) -> list[Finding]:
    """What is found in the entries of a scene that rests on others as well, as `look` tells it."""
    wishes = ignoring.Ignoring(scene, BY_CODE)
    found: list[Finding] = []
    for rule in RULES:
        ways = rule.across if rule.own else rule.look
        found += wishes.marked(ways(rule, scene)) if ways is not None else ()
    # Where entries are missing or cannot be read, nobody knows what they would say of others.
    is_whole = scene.paths >= set(scene.journal.paths) and not scene.journal.problems
    idle = wishes.idle(BY_CODE[ignoring.IDLE], found, lambda code: is_whole and not BY_CODE[code].own)
    return [*found, *idle]


def together(findings: Iterable[Finding]) -> list[Finding]:
    """Findings by file, line and code; what several entries rest on is told of once."""
    told: dict[tuple[str, str, str], Finding] = {}
    once = [
        each
        for each in findings
        if each.code not in _SHARED or each.line or told.setdefault((each.path, each.code, each.message), each) is each
    ]
    return sorted(once, key=lambda finding: (finding.path, finding.line or 0, finding.column or 0, finding.code))


def unreached(scene: Scene, findings: Iterable[Finding]) -> bool:
    """Whether something could not be looked at, so that not everything was checked."""
    return any(brief.unreached for brief in scene.briefs()) or any(finding.code == UNREACHABLE for finding in findings)


def count(findings: Iterable[Finding], severity: Severity) -> int:
    """How many findings are of one severity."""
    return sum(finding.severity is severity for finding in findings)
