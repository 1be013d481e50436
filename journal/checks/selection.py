"""Which findings count: by the codes of their rules, by the files they are on, and by what was known before.

Findings are in JSON's own types here, so that what is remembered of them need not be read into anything.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NamedTuple

from journal.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

Shape = dict[str, Any]
"""A finding."""

FORMAT = 1
"""Counted up whenever the file of a baseline means something else than before."""

_LINE_NUMBER = re.compile(r"\b(lines?) \d+")


@dataclass(frozen=True)
class Selection:
    """Which rules count. Codes may be cut short; of two that speak of a rule, the longer one counts.

    Attributes:
        select: The rules that count; all of them if none is named.
        ignore: Rules that do not.
        per_entry: For patterns of files, rules that do not count on them.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_entry: Mapping[str, Sequence[str]] | None = None

    def has(self, code: str) -> bool:
        """Whether a rule counts."""
        chosen = _longest(code, self.select) if self.select else 0
        return chosen > _longest(code, self.ignore)

    def takes(self, finding: Shape) -> bool:
        """Whether a finding counts."""
        if not self.has(finding["code"]):
            return False
        ignored = (codes for pattern, codes in (self.per_entry or {}).items() if fnmatchcase(finding["path"], pattern))
        return not any(finding["code"].startswith(tuple(codes)) for codes in ignored)


def _longest(code: str, beginnings: Iterable[str]) -> int:
    return max((len(each) for each in beginnings if code.startswith(each)), default=-1)


def codes(values: Iterable[str]) -> tuple[str, ...]:
    """The codes in options that may be given repeatedly or hold several: `["DOC001,LIF"]`."""
    return tuple(code for value in values for part in value.split(",") if (code := part.strip()))


def require_known(named: Iterable[str], known: Sequence[str], *, config: Path | None = None) -> None:
    """Refuse what no rule's code begins with.

    Args:
        named: What was given.
        known: The codes of all rules.
        config: The configuration, if it stands there.

    Raises:
        UsageError: No rule is meant.
        ConfigError: The same, in the configuration.
    """
    for name in named:
        if name and any(code.startswith(name) for code in known):
            continue
        families = sorted({code.rstrip("0123456789") for code in known})
        close = get_close_matches(name.upper(), [*known, *families], n=1)
        hint = f"did you mean {close[0]!r}?" if close else "`journal check --rules` lists them"
        said = f"no rule's code begins with {name!r}"
        raise ConfigError(said, hint=hint, path=config) if config else UsageError(said, hint=hint)


# --- the baseline -----------------------------------------------------------------------------------------------------


class Split(NamedTuple):
    """Findings, and those of them that are in a baseline.

    Attributes:
        new: What it does not hold.
        known: What it holds.
        gone: What it holds and was not found, as it stands there.
    """

    new: list[Shape]
    known: list[Shape]
    gone: list[Shape]


def recorded(findings: Iterable[Shape]) -> bytes:
    """The file of a baseline: each finding by rule, file and message, and how often it is there.

    Lines are left out, so that text that is put in above changes nothing.
    """
    counts = Counter(key(finding) for finding in findings)
    lines = [
        json.dumps({"code": code, "path": path, "message": message, "count": count}, ensure_ascii=False)
        for (path, code, message), count in sorted(counts.items())
    ]
    listed = "".join(f"\n    {line}{',' if number < len(lines) else ''}" for number, line in enumerate(lines, 1))
    end = "\n  " if lines else ""
    text = f'{{\n  "format": {FORMAT},\n  "findings": [{listed}{end}]\n}}\n'
    return text.encode("utf-8", "backslashreplace")  # half a character is spelt so in JSON, too


def split(findings: Iterable[Shape], baseline: bytes | None, path: Path) -> Split:
    """Findings, by whether a baseline holds them.

    Args:
        findings: What was found.
        baseline: The file; None for none.
        path: Where it lies, for errors.

    Raises:
        ConfigError: It is no baseline.
    """
    held = _read(baseline, path) if baseline is not None else {}
    left = Counter({known_by: each["count"] for known_by, each in held.items()})
    new: list[Shape] = []
    known: list[Shape] = []
    for finding in findings:
        (known if left[key(finding)] > 0 else new).append(finding)
        left[key(finding)] -= 1
    gone = [{**held[known_by], "count": count} for known_by, count in left.items() if count > 0]
    return Split(new, known, gone)


def key(finding: Shape) -> tuple[str, str, str]:
    """What a finding is known by when lines have moved: file, rule and message."""
    return finding["path"], finding["code"], _LINE_NUMBER.sub(r"\1 …", finding["message"])


def _read(raw: bytes, path: Path) -> dict[tuple[str, str, str], Shape]:
    hint = "delete it and write it again: `journal check --write-baseline`"
    try:
        parsed = json.loads(raw)
        held = {(each["path"], each["code"], each["message"]): each for each in parsed["findings"]}
        is_ours = parsed["format"] == FORMAT and all(type(each["count"]) is int for each in held.values())
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ConfigError("is no baseline of findings", path=path, hint=hint) from error
    if not is_ours:
        raise ConfigError("is a baseline of another version", path=path, hint=hint)
    return held
