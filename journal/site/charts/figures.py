"""Curves on pages: figures below an entry's text, in its plot blocks and on a run's page, and the files beside them."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from journal.model.wording import counted, listed
from journal.site import anchors
from journal.site.abstract import RunAbstract
from journal.site.charts import asked as ask
from journal.site.charts import payload, spreadsheet, svg
from journal.site.charts.figure import known, read
from journal.site.charts.wording import alternative, notes
from journal.site.contents import run_page
from journal.site.markup import UNKNOWN, badge, code, html_table, literal
from journal.site.sheet import Sheet
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from journal.model.entry import Block
    from journal.site.abstract import Abstract
    from journal.site.charts.asked import Asked
    from journal.site.charts.figure import Figure, Line
    from journal.site.contents import Contents
    from journal.site.view import EntryView

_NAMED = 12
HEAD = ("run", "role", "rows", "steps", "first", "smallest", "largest", "last", "not finite")


class _Place(NamedTuple):
    """A page with figures, and what the files beside it are called.

    Attributes:
        page: The page that the files lie beside.
        here: The page that shows them: the same.
        of: The entry or run that it is about; None where nothing is known of it.
        runs: What is known of runs, by key.
    """

    page: str
    here: str
    of: Abstract | RunAbstract | None
    runs: Mapping[str, RunAbstract]

    @property
    def shape(self) -> svg.Shape:
        return svg.SMALL if isinstance(self.of, RunAbstract) else svg.LARGE

    def figures(self) -> tuple[Asked, ...]:
        """Worked out anew each time."""
        if self.of is None:
            return ()
        return ask.of_run(self.of) if isinstance(self.of, RunAbstract) else ask.of_entry(self.of, self.runs)

    def dots(self) -> Sequence[str]:
        """The metrics of an entry that have no figure, since its runs logged each once."""
        return () if self.of is None or isinstance(self.of, RunAbstract) else ask.dots(self.of, self.runs)

    @property
    def stem(self) -> str:
        return self.page.removesuffix(".md")

    @property
    def script(self) -> str:
        return f"{self.stem}.curves.js"

    @property
    def table(self) -> str:
        return f"{self.stem}.curves.csv"

    def picture(self, number: int) -> str:
        return f"{self.stem}.{number}.svg"


def of_entry(view: EntryView, contents: Contents) -> str:
    """The figures below an entry's text: metrics of its numbers that no plot block of it shows.

    Returns:
        HTML with a heading; nothing for an entry without any.
    """
    inside = _shown(_entry(view, contents), None, contents)
    return f"## Curves\n\n{inside}" if inside else ""


def of_block(block: Block, view: EntryView, contents: Contents) -> str:
    """The figures of a plot block, one for each of its metrics, as HTML; nothing before it is filled."""
    return _shown(_entry(view, contents), block.name, contents)


def of_run(key: str, here: str, contents: Contents) -> str:
    """A small figure of every curve that the digest of a run holds, as HTML; nothing where it holds none.

    Args:
        key: The run.
        here: Its page.
        contents: The journal.
    """
    if key not in contents.runs:
        return ""
    place, run = _run(key, contents)._replace(here=here), contents.runs[key]
    wanted = place.figures()
    parts = [_figure(figure, place, contents, wanted) for figure in read(wanted, contents)]
    rest = len(ask.curved(run)) - len(wanted)
    if rest > 0:
        parts.append(f"<p>{counted(rest, 'more metric')} of this run {'is' if rest == 1 else 'are'} not drawn.</p>")
    if parts:
        parts.append(_once(run.lone))
    return _group(parts, "journal-figures journal-figures--small")


def sheets(contents: Contents) -> Iterator[Sheet]:
    """Pictures, scripts and tables beside the pages of entries and runs."""
    last = _Last(contents)
    for of in contents.abstracts:
        wanted = enumerate(ask.outline(of, contents.runs)[: ask.LIVE], 1)
        drawn = [number for number, each in wanted if known(each.metric, each.keys, contents)]
        if drawn:
            sums = [contents.runs[key].sum for key in of.keys if key in contents.runs]
            yield from _beside(_Place(of.page, of.page, of, contents.runs), drawn, _summed(ask.made_of(of), sums), last)
    for key, run in contents.runs.items():
        if drawn := list(range(1, len(ask.curved(run)[: ask.MOST_ON_RUN]) + 1)):
            yield from _beside(_run(key, contents), drawn, run.sum, last)


def _summed(*made_of: object) -> str:
    """What the files of a page are made of in brief: each of them is made of the same."""
    return blake2b(repr(made_of).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class _Last:
    """The figures of the page that files were made of last: one page has several files, read together."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._of: _Place | None = None
        self._found: tuple[Figure, ...] = ()

    def of(self, place: _Place) -> tuple[Figure, ...]:
        if self._of is not place:
            self._of, self._found = place, read(place.figures(), self._contents)
        return self._found


def _entry(view: EntryView, contents: Contents) -> _Place:
    found = contents.by_id.get(view.entry.id)
    if found is None or found.path != view.entry.path:  # another entry has the same id
        found = next((each for each in contents.abstracts if each.path == view.entry.path), None)
    return _Place(view.page, view.page, found, contents.runs)


def _run(key: str, contents: Contents) -> _Place:
    return _Place(run_page(key), run_page(key), contents.runs[key], contents.runs)


def _beside(place: _Place, drawn: Iterable[int], made_of: str, last: _Last) -> Iterator[Sheet]:
    """The files beside one page."""
    for number in drawn:
        yield Sheet(place.picture(number), made_of, _pictured(number, place, last))
    yield Sheet(place.script, made_of, lambda: payload.script(quote(place.script), last.of(place)))
    yield Sheet(place.table, made_of, lambda: spreadsheet.rows(last.of(place)))


def _pictured(number: int, place: _Place, last: _Last) -> Callable[[], bytes]:
    def make() -> bytes:
        figure = last.of(place)[number - 1]
        return svg.picture(figure, alternative(figure), place.shape)

    return make


def _shown(place: _Place, block: str | None, contents: Contents) -> str:
    """The figures that a block asked for, or those that none did; and how many more there are."""
    figures = place.figures()
    wanted = [each for each in figures if each.block == block]
    drawn = [each for each in wanted if each.number <= ask.LIVE]
    parts = [_figure(figure, place, contents, figures) for figure in read(drawn, contents)]
    if len(wanted) > len(drawn):
        parts.append(_more(wanted[len(drawn) :], place.here, contents))
    if parts and block is None:
        parts.append(_once(place.dots()))
    return _group(parts, "journal-figures")


def _group(parts: Sequence[str], style: str) -> str:
    inside = "\n".join(part for part in parts if part)
    return f'<div class="{style}" data-search-exclude>\n{inside}\n</div>' if inside else ""


def _more(rest: Sequence[Asked], here: str, contents: Contents) -> str:
    """How many metrics there was no room for, and where their curves are."""
    keys = {run.key: run.label for each in rest for run in each.runs if run.key in contents.runs}
    links = [
        f'<a href="{contents.address(here, run_page(key))}">{plain(name)}</a>' for key, name in keys.items() if key
    ]
    where = f": their curves stand on the pages of {', '.join(links)}" if links else ""
    return f"<p>{counted(len(rest), 'more metric')} {'is' if len(rest) == 1 else 'are'} not drawn here{where}.</p>"


def _once(metrics: Sequence[str]) -> str:
    """Metrics that were logged once, which no picture shows."""
    if not metrics:
        return ""
    told = listed([code(each) for each in metrics], _NAMED)
    return f"<p>Logged once, so without a curve: {told}.</p>"


def _figure(figure: Figure, place: _Place, contents: Contents, of: Sequence[Asked]) -> str:
    """One figure: the picture, which a live chart takes the place of, and its numbers."""
    asked = figure.asked
    if not known(asked.metric, (run.key for run in asked.runs), contents):
        runs = ", ".join(plain(run.label) for run in figure.missing)
        return f"<p>No curve of {code(asked.metric)}: no digest holds it for {runs or 'any run'}.</p>"
    first = not any(each.metric == asked.metric for each in of[: asked.number - 1])
    named = f' id="{literal(anchors.metric(asked.metric))}"' if first else ""
    live = f' data-curves="{literal(quote(place.script))}" data-figure="{asked.number - 1}"'
    caption = [f"<figcaption>{plain(' '.join(told))}</figcaption>" for told in [notes(figure)] if told]
    parts = [
        f'<figure class="journal-figure"{named}{live if asked.number <= ask.LIVE and not figure.is_empty else ""}>',
        _picture(figure, place, contents),
        *caption,
        _numbers(figure, contents.address(place.here, place.table), small=place.shape.small),
        "</figure>",
    ]
    return "\n".join(parts)


def _picture(figure: Figure, place: _Place, contents: Contents) -> str:
    """The static picture; those far down a page are only loaded when they are reached."""
    asked, width, height = figure.asked, place.shape.width, svg.height_of(figure, place.shape)
    source = literal(contents.address(place.here, place.picture(asked.number)))
    lazy = "" if asked.number <= ask.LIVE else ' loading="lazy"'
    shown = f'src="{source}" width="{width}" height="{height}" alt="{literal(alternative(figure))}"{lazy}'
    reached = "" if place.shape.small else ' tabindex="0"'  # a wide picture scrolls in its box on a phone
    return f'<div class="journal-figure__picture"{reached}><img {shown}></div>'


def _numbers(figure: Figure, file: str, *, small: bool) -> str:
    """What digests say of each run in full, and the points as a file."""
    table = html_table(HEAD, [_row(line) for line in figure.lines], right=frozenset(range(2, len(HEAD))))
    points = f'<a href="{literal(file)}" download>Points of this page\'s curves (CSV)</a>'
    parts = [
        '<details class="journal-figure__numbers">',
        f"<summary>{'Data' if small else 'Data of this chart'}</summary>",
        table,
        f"<p>{points}. {_exactness(figure)}</p>",
        "</details>",
    ]
    return "\n".join(parts)


def _row(line: Line) -> list[str]:
    brief = line.brief
    first = repr(line.values[0]) if line.values else UNKNOWN
    role = badge(line.shown.role) if line.shown.role else UNKNOWN
    numbers = [UNKNOWN if each is None else repr(each) for each in (brief.min, brief.max, brief.last)]
    rows = [f"{brief.n:,}", f"{brief.first_step}..{brief.last_step}", first, *numbers, f"{brief.nonfinite:,}"]
    return [plain(line.shown.label), role, *rows]


def _exactness(figure: Figure) -> str:
    """How exact the points are, and where a digest keeps only some of the rows."""
    exact = "First values and points have seven significant digits."
    cut = [line for line in figure.lines if len(line.steps) < line.brief.n]
    if not cut:
        return exact
    parts = [f"{len(line.steps):,} of {line.brief.n:,} rows of {plain(line.shown.label)}" for line in cut]
    return f"{exact} The digest keeps {listed(parts, 4)}, the smallest and the largest among them."
