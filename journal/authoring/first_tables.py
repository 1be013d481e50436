"""The tables that a new entry begins with: those of the entry before it, laid out for its own runs, or a first one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from journal.document.plain_yaml import Source
from journal.document.quoting import flow
from journal.document.typed import load
from journal.errors import BlockError
from journal.model.entry import Role
from journal.model.table import AlignSpec, AxisItem, Measure, PlotSpec, TableSpec, WindowItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from journal.document.quoting import Value
    from journal.model.entry import Block, Entry, RunRef

S = TypeVar("S", TableSpec, AlignSpec, PlotSpec)

MOST_METRICS = 8

_MEASURED_FROM = frozenset({Measure.RATIO, Measure.DELTA, Measure.PERCENT})

# What people look at first, and what they look at last.
_TELLING = re.compile(
    r"loss|acc|auc|bleu|rouge|f1|iou|dice|psnr|ssim|fid|rmsd|mae|mse|rmse|perplexity|ppl|reward|return|score|error|"
    r"precision|recall|elbo|nll|likelihood",
    re.IGNORECASE,
)
_HELD_OUT = re.compile(r"(?:^|[/_.-])(?:val|valid|validation|eval|test|dev)(?:$|[/_.-])", re.IGNORECASE)
_ASIDE = re.compile(
    r"(?:^|[/_.-])(?:lr|learning_rate|epoch|step|global_step|time|seconds?|sec|memory|mem|throughput|tokens?|samples?|"
    r"mfu|tflops|gpu|cpu|system|runtime|timestamp|debug)(?:$|[/_.-])",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Compared:
    """The runs that a first table can compare, by their handles; None where there is none or more than one.

    Attributes:
        baseline: What is compared with.
        candidate: What is compared.
        reference: What else is compared with.
    """

    baseline: str | None = None
    candidate: str | None = None
    reference: str | None = None

    @classmethod
    def among(cls, roles: Iterable[tuple[str, Role | None]]) -> Compared:
        """Those of some runs, each given by its handle and its role; an only run without a role is the candidate."""
        known = list(roles)
        found = {role: [handle for handle, each in known if each is role] for role in Role}
        found[Role.CANDIDATE] = found[Role.CANDIDATE] or [handle for handle, each in known if each is None]
        only = {role: handles[0] if len(handles) == 1 else None for role, handles in found.items()}
        return cls(only[Role.BASELINE], only[Role.CANDIDATE], only[Role.REFERENCE])

    def ratios(self) -> list[str]:
        """The candidate by what it is compared with."""
        others = [other for other in (self.baseline, self.reference) if other is not None]
        return [f"{self.candidate}/{other}" for other in others] if self.candidate is not None else []


def telling(metrics: Iterable[str], most: int = MOST_METRICS) -> list[str]:
    """The metrics for a first table: losses and scores first, those of held-out data before all.

    Examples:
        >>> telling(["epoch", "grad_norm", "train/loss", "val/loss"], most=3)
        ['val/loss', 'train/loss', 'grad_norm']
    """
    return sorted(metrics, key=_rank)[:most]


def _rank(metric: str) -> tuple[bool, bool, bool, str]:
    aside = _ASIDE.search(metric) is not None
    return aside, _TELLING.search(metric) is None, _HELD_OUT.search(metric) is None, metric


def first(metrics: Sequence[str], compared: Compared) -> dict[str, str]:
    """A first table of some metrics."""
    asked: dict[str, Value] = {"metrics": list(metrics), "stats": ["last"]}
    ratios = compared.ratios()
    if ratios:
        asked["compare"] = {"ratio": ratios if ratios[1:] else ratios[0]}
    return _block("table", "results", asked)


def inherited(entry: Entry, compared: Compared) -> list[dict[str, str]]:
    """The tables of an earlier entry as a new one can have them.

    A table that names no run is taken over as it is. One that names runs is laid out for the runs of the new entry:
    with the same metrics, statistics, windows and digits, and comparing the new candidate as the old one was compared.
    One whose values name runs in expressions is left out, as is one that cannot be read.
    """
    found = []
    for block in entry.blocks:
        spec = _spec(block, entry.path, TableSpec) if block.kind == "table" else None
        if spec is None:
            continue
        if not _is_bound(spec, entry.front_matter.runs):
            found.append(marked(block))
        elif spec.metrics:
            found.append(_block("table", block.name, _relaid(spec, entry.front_matter.runs, compared)))
    return found


def metrics_of(entry: Entry) -> list[str]:
    """The metrics that the tables of an entry name, in order, those of its most extreme steps and its plots too."""
    return list(dict.fromkeys(name for block in entry.blocks for name in _metrics(block, entry.path)))


def _metrics(block: Block, path: str) -> Iterator[str]:
    """The metrics that a block names; none where its spec is wrong, which `check` tells."""
    if block.kind == "table" and (table := _spec(block, path, TableSpec)) is not None:
        yield from (item.value for item in table.metrics)
    elif block.kind == "align" and (align := _spec(block, path, AlignSpec)) is not None:
        yield from (align.metric, *(item.value for item in align.others))
    elif block.kind == "plot" and (plot := _spec(block, path, PlotSpec)) is not None:
        yield from (item.value for item in plot.metrics)


def marked(block: Block) -> dict[str, str]:
    """A block's kind and its markers, without what was filled in; the name that it would have anyway is left out."""
    return _markers(block.kind, block.name, block.spec)


def _block(kind: str, name: str, asked: Mapping[str, Value]) -> dict[str, str]:
    spec = "".join(f"{key}: {flow(value)}\n" for key, value in asked.items())
    return _markers(kind, name, spec)


def _markers(kind: str, name: str, spec: str) -> dict[str, str]:
    shown = "" if name == kind else f" {name}"
    lines = spec if not spec or spec.endswith("\n") else f"{spec}\n"
    opening = f"<!-- journal:{kind}{shown}\n{lines}-->" if lines else f"<!-- journal:{kind}{shown} -->"
    return {"kind": kind, "opening": opening, "closing": f"<!-- /journal:{kind} -->"}


def _spec(block: Block, path: str, model: type[S]) -> S | None:
    try:
        return load(Source(block.spec, block.spec_line, path, BlockError), model)
    except BlockError:
        return None


def _is_bound(spec: TableSpec, runs: Sequence[RunRef]) -> bool:
    """Whether a table is about certain runs, or holds what its author wrote about them."""
    told = [item.value for item in (*spec.stats, *spec.values)]
    return bool(
        spec.runs is not None
        or spec.groups is not None
        or spec.notes
        or any("@" in text for text in told)
        or any(_pair(text, _labels(spec, runs)) for texts in spec.compare.values() for text in texts)
    )


def _labels(spec: TableSpec, runs: Sequence[RunRef]) -> dict[str, str]:
    """Handles by what the columns of a table call their runs."""
    items = spec.runs if spec.runs is not None else tuple(AxisItem(value=ref.handle) for ref in runs)
    return {str(item): item.value for item in items}


def _pair(text: str, labels: Mapping[str, str]) -> tuple[str, str] | None:
    """The handles of the two runs that a comparison names."""
    parts = text.split("/")
    ways = (("/".join(parts[:place]).strip(), "/".join(parts[place:]).strip()) for place in range(1, len(parts)))
    return next(((labels[left], labels[right]) for left, right in ways if left in labels and right in labels), None)


def _relaid(spec: TableSpec, runs: Sequence[RunRef], compared: Compared) -> dict[str, Value]:
    asked: dict[str, Value] = {"metrics": _items(spec.metrics)}
    stats = [item for item in spec.stats if "@" not in item.value]
    asked["stats"] = _items(stats) if stats else ["last"]
    if [str(item) for item in spec.windows] != ["all"]:
        asked["windows"] = _items(spec.windows)
    for name in ("rows", "columns"):
        axes = getattr(spec, name)
        if axes is not None:
            asked[name] = [str(axis.value) for axis in axes]
    if spec.digits != TableSpec.model_fields["digits"].default:
        asked["digits"] = str(spec.digits)
    compare = dict(_compare(spec, runs, compared))
    return asked | ({"compare": compare} if compare else {})


def _items(items: Iterable[AxisItem | WindowItem]) -> list[Value]:
    return [str(item.value) if item.label is None else {item.label: str(item.value)} for item in items]


def _compare(spec: TableSpec, runs: Sequence[RunRef], compared: Compared) -> Iterator[tuple[str, Value]]:
    """The comparisons between runs, with the new candidate and the new baseline in place of the old ones."""
    was = Compared.among((ref.handle, ref.role) for ref in runs)
    places = {was.baseline: compared.baseline, was.candidate: compared.candidate}
    labels = _labels(spec, runs)
    for measure, texts in spec.compare.items():
        pairs = [pair for text in texts if (pair := _pair(text, labels)) is not None]
        now = [(left, right) for pair in pairs if (left := places.get(pair[0])) and (right := places.get(pair[1]))]
        found = [f"{left}/{right}" for left, right in now]
        if measure in _MEASURED_FROM and (compared.candidate, compared.baseline) in now and compared.reference:
            found.append(f"{compared.candidate}/{compared.reference}")
        if found and measure is not Measure.TEST:
            yield measure.value, list(dict.fromkeys(found)) if found[1:] else found[0]
