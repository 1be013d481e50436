"""Findings as SARIF 2.1.0, the form in which code hosts and editors take in what linters found."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from journal import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.checks.interface import Rule
    from journal.model.finding import FindingShape

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "note": "note"}
_FINGERPRINT = "journalFinding/v1"


def sarif(findings: Sequence[FindingShape], rules: Sequence[Rule], before: str) -> dict[str, Any]:
    """A log of one run of the check.

    Args:
        findings: The findings, in JSON's own types.
        rules: All rules.
        before: What leads from the repository's folder to the journal's: empty, or `notes/`.
    """
    numbers = {rule.code: number for number, rule in enumerate(rules)}
    seen: Counter[str] = Counter()
    results = [_result(finding, numbers[finding["code"]], before, seen) for finding in findings]
    driver = {"name": "journal", "version": __version__, "rules": list(map(_rule, rules))}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, Any]:
    from journal.checks.pages import page

    return {
        "id": rule.code,
        "shortDescription": {"text": rule.summary},
        "help": {"text": f"journal check --explain {rule.code}", "markdown": page(rule.code)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(finding: FindingShape, number: int, before: str, seen: Counter[str]) -> dict[str, Any]:
    text = finding["message"] + (f" ({finding['hint']})" if finding["hint"] else "")
    result = {
        "ruleId": finding["code"],
        "ruleIndex": number,
        "level": _LEVELS[finding["severity"]],
        "message": {"text": text},
        "locations": [{"physicalLocation": _place(finding, before)}],
        "partialFingerprints": {_FINGERPRINT: _fingerprint(finding, seen)},
    }
    return result | ({"fixes": [_fix(finding["fix"], before)]} if finding["fix"] else {})


def _place(finding: FindingShape, before: str) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": _file(finding["path"], before)}
    if finding["line"] is not None:
        column = {} if finding["column"] is None else {"startColumn": finding["column"]}
        place["region"] = {"startLine": finding["line"], **column}
    return place


def _file(path: str, before: str) -> dict[str, str]:
    return {"uri": quote(before + path, errors="surrogateescape"), "uriBaseId": "%SRCROOT%"}


def _fingerprint(finding: FindingShape, seen: Counter[str]) -> str:
    """What a finding is known by when lines have moved: rule, file, message, and which of several alike it is."""
    from journal.checks.selection import key

    what = json.dumps(key(finding))
    seen[what] += 1
    return hashlib.sha256(f"{what} {seen[what]}".encode()).hexdigest()[:32]


def _fix(fix: dict[str, Any], before: str) -> dict[str, Any]:
    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in fix["edits"]:
        region = {"byteOffset": edit["start"], "byteLength": edit["end"] - edit["start"]}
        change = {"deletedRegion": region, "insertedContent": {"text": edit["new"]}}
        changes.setdefault(edit["path"], []).append(change)
    files = [{"artifactLocation": _file(path, before), "replacements": each} for path, each in changes.items()]
    return {"description": {"text": fix["said"]}, "artifactChanges": files}
