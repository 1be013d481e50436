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
from typing import TYPE_CHECKING, NamedTuple

from journal.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from journal.model.finding import FindingKey, FindingShape

    class Held(FindingKey):
        """A finding of a baseline."""

        count: int
        """How often it is there."""


UNREACHABLE = "REF004"
"""The rule whose findings mean "could not look" rather than "wrong"."""

FORMAT = 1
"""Counted up whenever the file of a baseline means something else than before."""

_LINE_NUMBER = re.compile(r"\b(lines?) \d+")
_MORE = re.compile(r", and (?:below (?:(?P<once>once)|(?P<times>\d+) times) more|(?P<blocks>\d+) blocks? below)")


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

    def takes(self, finding: FindingKey) -> bool:
        """Whether a finding counts."""
        if not self.has(finding["code"]):
            return False
        ignored = (codes for pattern, codes in (self.per_entry or {}).items() if fnmatchcase(finding["path"], pattern))
        return not any(finding["code"].startswith(tuple(codes)) for codes in ignored)


def _longest(code: str, beginnings: Iterable[str]) -> int:
    return max((len(each) for each in beginnings if code.startswith(each)), default=-1)


def codes(values: Iterable[str]) -> tuple[str, ...]:
    """The codes in options that may be given repeatedly or hold several: `["DOC001,LIF"]`."""
    return tuple(code for value in values for part in value.split(",") if (code := part.strip().upper()))


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

    new: list[FindingShape]
    known: list[FindingShape]
    gone: list[Held]


def recorded(findings: Iterable[FindingKey]) -> bytes:
    """The file of a baseline: each finding by rule, file and message, and how often it is there.

    Lines are left out, so that text that is put in above changes nothing.
    """
    counts: Counter[tuple[str, str, str]] = Counter()
    for finding in findings:
        counts[key(finding)] += _places(finding["message"])
    lines = [
        json.dumps({"code": code, "path": path, "message": message, "count": count}, ensure_ascii=False)
        for (path, code, message), count in sorted(counts.items())
    ]
    listed = "".join(f"\n    {line}{',' if number < len(lines) else ''}" for number, line in enumerate(lines, 1))
    end = "\n  " if lines else ""
    text = f'{{\n  "format": {FORMAT},\n  "findings": [{listed}{end}]\n}}\n'
    return text.encode("utf-8", "backslashreplace")  # half a character is spelt so in JSON, too


def split(findings: Iterable[FindingShape], baseline: bytes | None, path: Path) -> Split:
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
    new: list[FindingShape] = []
    known: list[FindingShape] = []
    for finding in findings:
        places = _places(finding["message"])
        (known if left[key(finding)] >= places else new).append(finding)
        left[key(finding)] -= places
    gone: list[Held] = [{**held[known_by], "count": count} for known_by, count in left.items() if count > 0]
    return Split(new, known, gone)


def key(finding: FindingKey) -> tuple[str, str, str]:
    """What a finding is known by when lines have moved: file, rule and message, but for how often it is there."""
    return finding["path"], finding["code"], _MORE.sub("", _LINE_NUMBER.sub(r"\1 …", finding["message"]))


def _places(message: str) -> int:
    """At how many places there is what one finding tells of."""
    more = _MORE.search(message)
    return 1 if more is None else 1 + int(more["times"] or more["blocks"] or 1)


def _read(raw: bytes, path: Path) -> dict[tuple[str, str, str], Held]:
    hint = "delete it and write it again: `journal check --write-baseline`"
    try:
        parsed = json.loads(raw)
        is_ours = parsed["format"] == FORMAT and all(type(each["count"]) is int for each in parsed["findings"])
        held: dict[tuple[str, str, str], Held] = {}
        for each in parsed["findings"] if is_ours else ():
            count = each["count"] * _places(each["message"]) + held.get(key(each), {"count": 0})["count"]
            file, code, message = key(each)
            held[file, code, message] = {"code": code, "path": file, "message": message, "count": count}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ConfigError("is no baseline of findings", path=path, hint=hint) from error
    if not is_ours:
        raise ConfigError("is a baseline of another version", path=path, hint=hint)
    return held
