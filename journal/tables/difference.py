"""What two runs differ in besides numbers: config, code and environment, and which metrics both have."""

from __future__ import annotations

from difflib import get_close_matches
from fnmatch import fnmatchcase
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from journal.changes.unread import Unread
from journal.changes.values import differences
from journal.errors import RevisionError, SourceError
from journal.model.change import KeyChange
from journal.model.comparison import Between, CodeDifference, CodeOfRun, Difference, MetricsOfTwo
from journal.model.revision import is_full
from journal.model.run import ENVIRONMENT
from journal.model.table import Aspect
from journal.model.wording import listed
from journal.revisions.own_files import own_files
from journal.tables.fitting import placeless

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from journal.model.revision import Code
    from journal.model.table import DiffSpec
    from journal.revisions import Repository
    from journal.sources.open_run import OpenRun

    Asking = Callable[[str, str], Between | None]
    """Gives what lies between two commits, by their full shas; None where that is not known."""

SDK = "sdk"
"""What the version of the tracker's SDK is called beside the facts of the environment."""

_PYTHON = "python"
_SHOWN = 3
_WILD = frozenset("*?")
_DEEPEST = 100
_CLEAN = "clean:"


def difference(one: OpenRun, other: OpenRun, asked: DiffSpec, ask: Asking, *, published: bool = False) -> Difference:
    """What two runs differ in besides numbers, and which metrics are to be compared.

    Args:
        one: The first run.
        other: The second.
        asked: In what to compare them.
        ask: Gives what lies between two commits.
        published: Whether others will read it: absolute paths in configs are then cut to their last part, and files
            that git did not know are counted and not named.

    Raises:
        SourceError: A run cannot be read, or a config key is named that neither has.
    """
    shown = set(asked.show)
    config = _configs(one, other, asked, _nowhere if published else None) if Aspect.CONFIG in shown else None
    whole = _configs(one, other, asked, None) if config is not None and published else ()
    return Difference(
        runs=(one.id, other.id),
        config=config,
        keys=len(config or ()),
        folders=sum(not _is_told(change.key, config or ()) for change in whole or ()),
        code=_codes(one, other, ask, named=not published) if Aspect.CODE in shown else None,
        environment=_environments(one, other) if Aspect.ENVIRONMENT in shown else None,
        facts=_count_facts(one, other) if Aspect.ENVIRONMENT in shown else 0,
        metrics=_metrics(one, other, asked.metrics) if Aspect.METRICS in shown else None,
    )


# --- config and environment -------------------------------------------------------------------------------------------


def _configs(one: OpenRun, other: OpenRun, asked: DiffSpec, told: Callable[[Any], Any] | None) -> tuple[KeyChange, ...]:
    """The keys that differ; `told` gives what is told of a config, if that is not everything."""
    configs = [run.config if told is None else told(run.config) for run in (one, other)]
    try:
        found = differences(*configs)
        if asked.keys:
            _check_keys(asked.keys, [each.key for config in configs for each in differences({}, config)], one, other)
    except Unread as error:
        hint = "compare the runs in something else: code, environment or metrics"
        raise SourceError(f"what the configs of {one.id} and {other.id} differ in {error}", hint=hint) from error
    return tuple(change for change in found if _is_asked(change.key, asked.keys, asked.ignore))


def _check_keys(asked: Sequence[str], there: Sequence[str], one: OpenRun, other: OpenRun) -> None:
    """See that what is asked for can be found.

    Raises:
        SourceError: A key is named that neither run has, or no key is like any of the patterns.
    """
    missing = [pattern for pattern in asked if not any(_answers(key, pattern) for key in there)]
    wrong = missing if len(missing) == len(asked) else [key for key in missing if not _WILD & set(key)]
    if wrong:
        keys = list(dict.fromkeys(there))
        close = get_close_matches(wrong[0], keys, n=_SHOWN)
        hint = f"did you mean {' or '.join(close)}?" if close else f"there are {listed(keys, _SHOWN)}"
        said = f"neither {one.id} nor {other.id} has a config key {wrong[0]!r}"
        raise SourceError(said, hint=hint if keys else "their configs are empty")


def _nowhere(value: Any, depth: int = 0) -> Any:
    """A nested value without the folders of absolute paths; what lies too deep to be compared is left as it is."""
    if isinstance(value, dict) and depth < _DEEPEST:
        return {_nowhere(key): _nowhere(below, depth + 1) for key, below in value.items()}
    if isinstance(value, list | tuple) and depth < _DEEPEST:
        return [_nowhere(below, depth + 1) for below in value]
    return placeless(value) if isinstance(value, str) else value


def _is_told(key: str, changes: Sequence[KeyChange]) -> bool:
    """Whether a key, or what it is a part of, is among some changes."""
    return any(_answers(key, change.key) for change in changes)


def _is_asked(key: str, keys: Sequence[str], ignore: Sequence[str]) -> bool:
    chosen = not keys or any(_answers(key, pattern) for pattern in keys)
    return chosen and not any(_answers(key, pattern) for pattern in ignore)


def _answers(key: str, pattern: str) -> bool:
    """Whether a pattern means a key: as it stands, with everything below it, or by `*` and `?`."""
    return key == pattern or key.startswith((f"{pattern}.", f"{pattern}[")) or _is_like(key, pattern)


def _is_like(name: str, pattern: str) -> bool:
    """Whether a name is like a pattern of `*` and `?`; brackets stand for themselves, as in `layers[2].width`."""
    return fnmatchcase(name, pattern.replace("[", "[[]"))


def _environments(one: OpenRun, other: OpenRun) -> tuple[KeyChange, ...]:
    then, now = _facts_of(one, other)
    found = (KeyChange(key=key, before=then.get(key), after=now.get(key)) for key in (*ENVIRONMENT, SDK))
    return tuple(change for change in found if change.before != change.after)


def _count_facts(one: OpenRun, other: OpenRun) -> int:
    then, now = _facts_of(one, other)
    return len(then.keys() & now.keys())


def _facts_of(one: OpenRun, other: OpenRun) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """What may be told of what was around two runs: Python as it was captured, where a tracker does not say it."""
    then, now = _facts(one), _facts(other)
    captured = [run.code[-1].python if run.code else None for run in (one, other)]
    if None in captured or (_PYTHON in then and _PYTHON in now):
        return then, now
    return {**then, _PYTHON: str(captured[0])}, {**now, _PYTHON: str(captured[1])}


def _facts(run: OpenRun) -> Mapping[str, str]:
    """What may be told of what was around a run, by name."""
    about = run.run
    found = {name: about.environment.get(name) for name in ENVIRONMENT} | {SDK: about.sdk}
    return {name: str(value) for name, value in found.items() if value is not None}


# --- code -------------------------------------------------------------------------------------------------------------


def _codes(one: OpenRun, other: OpenRun, ask: Asking, *, named: bool) -> CodeDifference:
    first, second = _code(one, named=named), _code(other, named=named)
    known = first.commit is not None and second.commit is not None and first.commit != second.commit
    apart = ask(str(first.commit), str(second.commit)) if known else None
    unlike = _unlike(*(_sums(each, lambda part: part.untracked_sums) for each in (one, other)))
    captured = all(run.code and all(part.captured for part in run.code) for run in (one, other))
    locks = [_sums(each, lambda part: part.lock_sums) for each in (one, other)]
    return CodeDifference(
        one=first,
        other=second,
        between=apart,
        locks=tuple(sorted({*_unlike(*locks), *(locks[0].keys() ^ locks[1].keys())})) if captured else (),
        unlike=tuple(unlike) if named else (),
        count_unlike=len(unlike),
    )


def _sums(run: OpenRun, of: Callable[[Code], Sequence[tuple[str, str]]]) -> dict[str, set[str]]:
    """The sums that files had in the parts of a run, by path."""
    found: dict[str, set[str]] = {}
    for path, total in (each for part in run.code for each in of(part)):
        found.setdefault(path, set()).add(total)
    return found


def _unlike(one: Mapping[str, set[str]], other: Mapping[str, set[str]]) -> list[str]:
    """The files that both have, with other contents."""
    return sorted(path for path in one.keys() & other.keys() if one[path] != other[path])


def _code(run: OpenRun, *, named: bool) -> CodeOfRun:
    """What is known of the code of all parts of a run, taken together.

    Args:
        run: The run.
        named: Whether files that git did not know are named.
    """
    parts = run.code
    if not parts:
        return CodeOfRun(commit=run.commit, dirty=run.run.dirty)
    last = parts[-1].commit
    states = [part.dirty for part in parts]
    changed = {path for part in parts for path in part.changed}
    looked = any(part.untracked is not None for part in parts)
    untracked = {path for part in parts for path in part.untracked or ()}
    return CodeOfRun(
        commit=last,
        earlier=tuple(dict.fromkeys(part.commit for part in parts if part.commit not in {None, last})),
        dirty=True if True in states else None if None in states else False,
        changed=tuple(sorted(changed)),
        count_changed=len(changed),
        patch=_patch_of(parts),
        untracked=tuple(sorted(untracked)) if named else (),
        count_untracked=len(untracked) if looked else None,
    )


def _patch_of(parts: Sequence[Code]) -> str | None:
    """One sum of what differed in the parts of a run, where it is known of all of them and told in one way."""
    sums = list(dict.fromkeys(_CLEAN if part.dirty is False else part.patch_sum for part in parts))
    kinds = {each.partition(":")[0] for each in sums if each is not None and each != _CLEAN}
    if None in sums or len(kinds) != 1:
        return None
    return sums[0] if len(sums) == 1 else f"{kinds.pop()}:{sha256(' '.join(map(str, sums)).encode()).hexdigest()}"


def between(repository: Repository | None, one: str, other: str, start: Path | None = None) -> Between | None:
    """What lies between two commits, as far as a repository can tell; None where it cannot.

    The files of the journal that `start` lies in, or the repository's top, are no code and not among those that differ.
    """
    if repository is None or not (is_full(one) and is_full(other)):  # a log may hold any word
        return None
    try:
        found = repository.compare(one, other)
    except RevisionError:
        return None
    is_own = own_files(repository.root, *([start] if start is not None else []))
    files = tuple(file for file in found.files if not (is_own(file.path) and is_own(file.old_path or file.path)))
    return Between(
        commits_one=found.count_in_one,
        commits_other=found.count_in_other,
        one=found.only_in_one,
        other=found.only_in_other,
        cut=found.cut,
        files_changed=len(files),
        added=sum(file.added or 0 for file in files),
        removed=sum(file.removed or 0 for file in files),
        files=files,
    )


# --- metrics ----------------------------------------------------------------------------------------------------------


def _metrics(one: OpenRun, other: OpenRun, wanted: Sequence[str]) -> MetricsOfTwo:
    first, second = one.metric_names, other.metric_names
    has_one, has_other = set(first), set(second)
    both = [name for name in first if name in has_other]
    only_one = tuple(name for name in first if name not in has_other and _is_meant(name, wanted))
    only_other = tuple(name for name in second if name not in has_one and _is_meant(name, wanted))
    return MetricsOfTwo(
        shown=tuple(_chosen(wanted, both) if wanted else both),
        both=len(both),
        only_one=only_one,
        only_other=only_other,
        count_one=len(only_one),
        count_other=len(only_other),
    )


def _chosen(wanted: Sequence[str], both: Sequence[str]) -> list[str]:
    """The metrics that names and patterns mean: what is named stands there whoever has it."""
    found: dict[str, None] = {}
    for pattern in wanted:
        plain = pattern in both or not _WILD & set(pattern)
        found |= dict.fromkeys([pattern] if plain else [name for name in both if _is_like(name, pattern)])
    return list(found)


def _is_meant(name: str, wanted: Sequence[str]) -> bool:
    """Whether a metric that one run lacks is to be told of: by no name, since then it stands among the others."""
    return name not in wanted and (not wanted or any(_is_like(name, pattern) for pattern in wanted))
