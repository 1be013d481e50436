"""`journal trace`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from journal.cli.context import open_journal
from journal.cli.output import answer, put, say, table
from journal.cli.shapes import judged
from journal.model.wording import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.model.entry import Entry
    from journal.model.evidence import Evidence, PredictionEvidence, RunEvidence
    from journal.model.run import Elsewhere, Origin
    from journal.tables.trace import TracedCall, TracedCell

_TREE = {True: "dirty", False: "clean", None: "not known whether dirty"}

_HEAD = ("block", "cell", "value", "expression", "runs", "n", "bytes now")


def command(
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="An entry's id, the beginning of one, or its file.")],
    block: Annotated[
        str | None,
        typer.Argument(metavar="BLOCK", help="A block's name; `values` for cited values, `predictions` for those."),
    ] = None,
    cell: Annotated[
        str | None, typer.Argument(metavar="CELL", help="A row, a column, or both as 'ROW, COLUMN'; or a name.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Walk from a number in an entry to the bytes it came from.

    Works from the entry and its evidence, then looks whether the files still hold those bytes.

    Example: journal trace 2026-02-21-clamp matched 'train/loss, wide'
    """
    from journal.document import store
    from journal.document.document import parse
    from journal.tables import record
    from journal.tables.trace import trace

    journal = open_journal()
    path = journal.find(entry)
    found = parse(store.read(journal.config.root / path).raw, path).entry
    evidence = record.load(found, journal.config)
    cells = trace(found, evidence, journal.config, block, cell)
    if as_json:
        answer({"cells": [_shape(each) for each in cells]})
    elif len(cells) == 1:
        _print_chain(cells[0])
    elif cells:
        table(_HEAD, [_row(each) for each in cells], {"cell": 12, "expression": 12}, right=("value", "n"))
    if not cells:
        say(f"{found.id} has no numbers yet: `journal fill-results {found.id}` fills its blocks")
    _warn(found, evidence, cells)


def _warn(entry: "Entry", evidence: "Evidence", cells: "Sequence[TracedCell]") -> None:
    """Say which of the blocks no longer show what was recorded."""
    traced = {each.block for each in cells}
    for block in entry.blocks:
        recorded = evidence.blocks.get(block.name)
        if block.name in traced and recorded is not None and block.digest != recorded.sum:
            say(f"{entry.path}:{block.line}: block {block.name!r} is not what was filled in; see `journal check`")


# --- for people -------------------------------------------------------------------------------------------------------


def _print_chain(cell: "TracedCell") -> None:
    """One number, and below it each step down to the bytes."""
    put(f"{cell.block}: {cell.name}")
    _pairs(1, _number(cell))
    for part in cell.parts:
        put("")
        _pairs(1, _call(part, alone=part is cell.alone))
        if part.run is not None:
            _pairs(2, [*_run(part.run), *_judged(part)])
        for file in part.files:
            origin = file.origin
            _pairs(2, [("source", f"{origin.kind}, {origin.path}")])
            _pairs(
                3, [*_fetched(origin), ("bytes", str(origin.bytes)), ("sha256", origin.sha256), ("now", file.now.value)]
            )
        if part.run is not None and part.run.elsewhere is not None:
            _pairs(2, _elsewhere(part.run.elsewhere))
        if part.filled_from is not None:
            _pairs(2, [("filled from", f"{part.filled_from}: the run was read anew since")])


def _elsewhere(other: "Elsewhere") -> list[tuple[str, str]]:
    """The same run in another place, and what is otherwise there."""
    facts = [("elsewhere", f"{other.origin.kind}, {other.origin.path}, {counted(other.rows, 'row')}")]
    unlike = enumerate(other.unlike or ("nothing",))
    return [*facts, *_fetched(other.origin), *(("" if number else "otherwise", said) for number, said in unlike)]


def _fetched(origin: "Origin") -> list[tuple[str, str]]:
    """When a server gave it."""
    moment = origin.fetched
    return [] if moment is None else [("fetched", moment.isoformat(sep=" ", timespec="seconds"))]


def _number(cell: "TracedCell") -> list[tuple[str, str]]:
    lines = {"expression": cell.cell.expression, "value": _value(cell)}
    if cell.prediction is not None:
        lines |= _prediction(cell)
    if cell.cell.group is not None:
        group = cell.cell.group
        many = f"{group.n} of {group.n + group.missing}" if group.missing else f"{group.n}"
        lines["group"] = f"mean of {many}" + (f", std {group.std!r}" if group.std is not None else "")
    if cell.cell.test is not None:
        lines["test"] = f"{cell.cell.test.name}, p {cell.cell.test.p!r}, n {cell.cell.test.n}"
    return list(lines.items())


def _prediction(cell: "TracedCell") -> dict[str, str]:
    prediction = cell.prediction
    assert prediction is not None  # noqa: S101  (asked by the caller)
    return {
        "verdict": prediction.verdict.value,
        "threshold": "" if prediction.threshold is None else repr(prediction.threshold),
        "written": _written(prediction),
    }


def _written(prediction: "PredictionEvidence") -> str:
    """Since when git knows of it, and whether that was early enough."""
    if prediction.commit is None or prediction.committed is None:
        return "not before its run" if prediction.preregistered is False else "not known yet"
    at = prediction.committed.isoformat(sep=" ", timespec="seconds")
    return f"{at} in commit {prediction.commit}, before its runs began"


def _value(cell: "TracedCell") -> str:
    found = cell.cell
    return repr(found.value) if found.value is not None else found.text or found.state.value


def _call(part: "TracedCall", *, alone: bool) -> list[tuple[str, str]]:
    """What was asked of a run; an expression and a value that stand above already are left out."""
    call = part.call
    nonfinite = f", {call.nonfinite} left out as NaN or infinite" if call.nonfinite else ""
    lines = {
        "expression": None if alone else call.expression,
        "value": None if alone else repr(call.value) if call.value is not None else call.text or call.state.value,
        "window": call.window,
        "steps": call.steps,
        "rows used": None if call.n is None else f"{call.n}{_between(part)}{nonfinite}",
        "run": _named(part),
    }
    return [(name, text) for name, text in lines.items() if text]


def _between(part: "TracedCall") -> str:
    first, last = part.call.first_step, part.call.last_step
    return "" if first is None or last is None else f", the first at step {first}, the last at step {last}"


def _named(part: "TracedCall") -> str | None:
    """The run by its handle, its reference and its address, each where it says more than the one before."""
    address = _address(part.run) if part.run is not None else "of which the evidence holds nothing"
    return ", ".join(dict.fromkeys(name for name in (part.handle, part.call.run, address) if name)) or None


def _address(run: "RunEvidence") -> str:
    return "/".join(each for each in (run.entity, run.project, run.id) if each)


def _run(run: "RunEvidence") -> list[tuple[str, str]]:
    lines = {
        "started": run.started.isoformat(sep=" ", timespec="seconds") if run.started else None,
        "commit": f"{run.commit} ({_TREE[run.dirty]})" if run.commit else None,
        "SDK": run.sdk,
    }
    return [(name, text) for name, text in lines.items() if text]


def _judged(part: "TracedCall") -> list[tuple[str, str]]:
    """Whether the run belongs to the entry's commits, and why."""
    if part.judgement is None:
        return []
    reasons = (("because" if number == 0 else "", reason) for number, reason in enumerate(part.judgement.reasons))
    return [("verdict", part.judgement.verdict.value), *reasons]


def _pairs(depth: int, lines: "Sequence[tuple[str, str]]") -> None:
    """Print names and what they stand for, set in; columns of nothing make the indent."""
    if lines:
        table(("",) * (depth + 2), [("",) * depth + line for line in lines])


def _row(cell: "TracedCell") -> tuple[str, ...]:
    names = dict.fromkeys(part.handle or part.call.run or "" for part in cell.parts)
    states = dict.fromkeys(part.now.value for part in cell.parts if part.now is not None)
    counts = [part.call.n for part in cell.parts if part.call.n is not None]
    n = str(counts[0]) if len(cell.parts) == len(counts) == 1 else ""
    return cell.block, cell.name, _value(cell), cell.cell.expression, ", ".join(names), n, "; ".join(states)


# --- as JSON ----------------------------------------------------------------------------------------------------------


def _shape(cell: "TracedCell") -> dict[str, Any]:
    """The shape of one number; what is of one run stands at its top too, null for arithmetic and groups."""
    parts = [_part(part) for part in cell.parts]
    alone = {} if cell.alone is None else parts[0]
    prediction = cell.prediction
    return {
        "block": cell.block,
        "cell": cell.name,
        "expression": cell.cell.expression,
        "state": cell.cell.state if prediction is None else prediction.verdict,
        "value": cell.cell.value,
        "text": cell.cell.text,
        **{key: alone.get(key) for key in ("run", "window", "n", "source", "commit")},
        **_verdict(cell.alone),
        "group": cell.cell.group.model_dump() if cell.cell.group is not None else None,
        "test": cell.cell.test.model_dump() if cell.cell.test is not None else None,
        "prediction": None
        if prediction is None
        else prediction.model_dump(mode="json", include={"threshold", "commit", "committed", "preregistered"}),
        "parts": parts,
    }


def _part(part: "TracedCall") -> dict[str, Any]:
    call, run = part.call, part.run
    told = ("expression", "run", "window", "steps", "n", "nonfinite", "state", "value", "text")
    return call.model_dump(mode="json", include=set(told)) | {
        "first_step": call.first_step,
        "last_step": call.last_step,
        "handle": part.handle,
        "address": None if run is None else _address(run),
        "source": None if run is None else _source(part, run),
        "filled_from": part.filled_from,
        "commit": run and run.commit,
        "dirty": None if run is None else run.dirty,
        "sdk": run and run.sdk,
        "started": run.started.isoformat() if run is not None and run.started is not None else None,
        **_verdict(part),
    }


def _verdict(part: "TracedCall | None") -> dict[str, Any]:
    """Whether the run belongs to the entry's commits; unknown where nothing is recorded, or there is no one run."""
    found = judged(None if part is None else part.judgement)
    return found | {"verdict": found["verdict"] or "unknown"}


def _source(part: "TracedCall", run: "RunEvidence") -> dict[str, Any]:
    files = [file.origin.model_dump(mode="json") | {"now": file.now} for file in part.files]
    other = None if run.elsewhere is None else run.elsewhere.model_dump(mode="json")
    about = {"now": part.now, "segments": files if run.segments else None, "elsewhere": other}
    return run.origin.model_dump(mode="json") | about
