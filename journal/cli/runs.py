"""`journal runs` and `journal runs show`."""

import re
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from journal.cli.context import journal_of, settings_here
from journal.cli.filtering import commit_meant
from journal.cli.online import Online, Refresh, reach_of
from journal.cli.output import answer, failure, problem, say, table
from journal.cli.progress import tracked
from journal.cli.run_filters import conditions_of
from journal.errors import SourceUnavailable, UsageError
from journal.model.run import RunState
from journal.model.wording import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.config import Config, Reach
    from journal.errors import JournalError
    from journal.index.run_list import ListedRun
    from journal.model.run import RunHead
    from journal.model.run_query import Condition
    from journal.sources.registry import Sources

FEW = 30
"""How many runs are read for a listing without being asked."""

MOST = 100
"""How many runs a server is asked for without being told a number."""

_TOLD_AT_ONCE = {"wandb-server"}
"""Kinds of sources that tell of state and last step where they list a run; others would fetch its history."""

_YIELDING = ("name", "project", "state", "cited by")
_OPTIONAL = ("segments", "project", "last step", "commit", "started (UTC)")


def _state(text: str) -> RunState:
    known = {"crashed": RunState.CRASHED_OR_RUNNING, "running": RunState.CRASHED_OR_RUNNING}
    known |= {state.value: state for state in RunState}
    if text not in known:
        raise typer.BadParameter(f"{text!r} is not one of {', '.join(sorted(known))}")
    return known[text]


def command(
    ctx: typer.Context,
    project: Annotated[str | None, typer.Option("--project", help="Only runs of PROJECT or ENTITY/PROJECT.")] = None,
    commit: Annotated[str | None, typer.Option("--commit", metavar="SHA", help="Only runs of this commit.")] = None,
    state: Annotated[
        RunState | None,
        typer.Option(parser=_state, metavar="STATE", help="Only finished, failed, crashed (or running) or unknown."),
    ] = None,
    cited: Annotated[
        bool | None, typer.Option("--cited/--not-cited", help="Only runs that an entry cites, or that none does.")
    ] = None,
    filters: Annotated[
        list[str] | None,
        typer.Option("--filter", metavar="CONDITION", help="Of a server's runs, only these: 'config.lr<=0.001'."),
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="How many at most; of a server, 100.")] = None,
    long: Annotated[
        bool | None,
        typer.Option("--long/--short", help=f"Read state and last step from the logs; by default up to {FEW} runs."),
    ] = None,
    online: Online = None,
    refresh: Refresh = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """List the runs, newest first, or show one.

    `journal runs` lists them; `journal runs show REF` shows one. Outside any journal, the runs of ./wandb.
    With --online, the runs of a project on the server. Exit code: 0 fine, 1 an entry could not be read, 3 a source
    could not be reached.

    Example: journal runs --project sigma-floor --not-cited
    """
    options = (project, commit, state, cited is not None, filters, limit, long is not None, refresh, as_json)
    if ctx.invoked_subcommand is not None:
        if any(options) or online is not None:
            raise UsageError("options of `runs show` stand behind it", hint="write journal runs show REF --json")
        return
    if state is not None and long is False:
        raise UsageError("--state stands in the logs, which --short does not read", hint="leave one of them out")
    wanted = _Wanted(project, commit, state, cited, tuple(filters or ()), limit, long)
    _list(wanted, reach_of(online, refresh), as_json=as_json)


class _Wanted(NamedTuple):
    """Which runs are listed, as the options say."""

    project: str | None
    commit: str | None
    state: RunState | None
    cited: bool | None
    filters: "tuple[str, ...]"
    limit: int | None
    long: bool | None


class _Found(NamedTuple):
    """The runs to choose from.

    Attributes:
        heads: They; None for all that the sources list.
        more: Whether a server has more of them than were asked for.
    """

    heads: "Sequence[RunHead] | None" = None
    more: bool = False


def _list(wanted: _Wanted, reach: "Reach | None", *, as_json: bool) -> None:
    from journal.cli.run_shapes import in_list
    from journal.index.run_list import RunFilter, list_runs
    from journal.sources.registry import Sources

    conditions = [each for text in wanted.filters for each in conditions_of(text)]
    config = settings_here(reach)
    journal = journal_of(config)
    if journal is None and wanted.cited is not None:
        raise UsageError("only the entries of a journal cite runs", hint="run `journal init` in your repository")
    sources = Sources(config)
    commit = commit_meant(config, wanted.commit)
    found = _on_server(sources, config, conditions, wanted)
    project = wanted.project if found.heads is None else None  # a server was asked for it
    listed = list_runs(journal, sources, RunFilter(project, commit, wanted.cited), found.heads)
    listed = _read(listed, sources, wanted, is_cheap=found.heads is not None)
    problems = (*(journal.problems if journal else ()), *sources.unreached)
    if as_json:
        shapes = [in_list(each, sources.kind_of(each.head)) for each in listed]
        answer({"runs": shapes, "problems": [problem(error) for error in problems]})
    else:
        _print(listed, problems, found, in_journal=journal is not None)
    if journal is not None and journal.problems:
        raise typer.Exit(1)
    if sources.unreached or any(each.unreached for each in listed):
        raise typer.Exit(SourceUnavailable.exit_code)


def _on_server(sources: "Sources", config: "Config", conditions: "list[Condition]", wanted: _Wanted) -> _Found:
    """The runs of a project on a server, where one is to be asked; else none, and the sources list theirs.

    Raises:
        UsageError: There are conditions, and no server is to be asked; or it cannot be asked for these.
        SourceUnavailable: A server is to be asked, and could not be.
    """
    why, online = config.offline, config.reach.online
    if why is not None and conditions:
        if online or (online is None and config.settings.online.enabled):
            raise SourceUnavailable(f"no server was asked: {why}")
        raise UsageError(f"--filter asks a server, and none is asked: {why}", hint="`journal runs --online` asks one")
    if why is not None or not (conditions or online):
        return _Found()
    from journal.index.run_list import newest_first

    most = wanted.limit or MOST
    try:
        heads = newest_first(sources.search(conditions, wanted.project, most + 1))
    except SourceUnavailable as error:
        _require_project(wanted.project, error)
        raise
    if not heads:
        _require_project(wanted.project)
    return _Found(heads[:most], more=len(heads) > most)


def _require_project(text: str | None, cause: "JournalError | None" = None) -> None:
    """Refuse what is no project of W&B, where no server knew it either: MLflow calls its experiments anything."""
    if text is not None and not re.fullmatch(r"[^/:?#]+(/[^/:?#]+)?", text):
        raise UsageError(f"{text!r} is no project", hint="write ENTITY/PROJECT, or PROJECT") from cause


def _read(listed: "list[ListedRun]", sources: "Sources", wanted: _Wanted, *, is_cheap: bool) -> "list[ListedRun]":
    """As many as are wanted, with what their logs say as far as that is; those of a server came with it."""
    listed = listed if wanted.state is not None else listed[: wanted.limit]
    few = is_cheap or len(listed) <= FEW
    if wanted.long or wanted.state is not None or (wanted.long is None and few):
        listed = [each.read(sources) for each in tracked(listed, "reading runs")]
    elif is_cheap:
        listed = [each.read(sources) if sources.kind_of(each.head) in _TOLD_AT_ONCE else each for each in listed]
    return [each for each in listed if wanted.state is None or each.state is wanted.state][: wanted.limit]


def show(
    ref: Annotated[str, typer.Argument(metavar="REF", help="The run: its id, address, URL, folder or log.")],
    online: Online = None,
    refresh: Refresh = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Show one run: its config, its metrics, and what could not be read.

    Works outside any journal too, on a run folder or a log file.
    """
    from journal.cli.run_page import print_run
    from journal.cli.run_shapes import in_full
    from journal.index.run_list import ListedRun, citing
    from journal.sources.registry import Sources

    config = settings_here(reach_of(online, refresh))
    sources = Sources(config)
    head = sources.find(ref)
    run = sources.open(head)
    listed = ListedRun(head, citing(journal_of(config), sources, head), run.run)
    if as_json:
        answer({"runs": [in_full(listed, run, sources.kind_of(head))]})
    else:
        print_run(listed, run)


PARTS = {"show": show}


def _print(
    listed: "Sequence[ListedRun]", problems: "Sequence[JournalError]", found: _Found, *, in_journal: bool
) -> None:
    if listed:
        _print_table(listed, online=found.heads is not None)
    elif found.heads:
        say(f"no such run among the {len(found.heads)} that the server told of")
    elif found.heads is not None:
        say("no such run on the server")
    elif in_journal:
        say("no such run; the setting `runs` says where to look")
    else:
        say("no such run; outside of a journal only ./wandb is searched, `journal init` makes one")
    if found.more and found.heads is not None:
        say(f"the server has more than these {len(found.heads)}: `--limit` says how many are looked at")
    for each in listed:
        if each.problem is not None:
            say(f"warning: {each.problem}")
    for error in problems:
        failure(error, as_json=False)


def _print_table(listed: "Sequence[ListedRun]", *, online: bool) -> None:
    columns = _columns(listed)
    rows = list(zip(*columns.values(), strict=True))
    table(tuple(columns), rows, _YIELDING, right=("last step", "problems"), optional=_OPTIONAL)
    unread = sum(each.run is None and each.problem is None for each in listed)
    if unread:
        ask = "journal runs --online --long" if online else "journal runs --long"
        say(f"state and last step of {counted(unread, 'run')} were not read; `{ask}` reads them")


def _columns(listed: "Sequence[ListedRun]") -> dict[str, list[str]]:
    """The cells of the listing by column; a column in which nothing would stand is left out."""
    heads = [each.head for each in listed]
    several = len({head.entity for head in heads} - {None}) > 1
    columns = {
        "id": [head.id for head in heads],
        "name": [head.name or "" for head in heads],
        "project": ["/".join(part for part in (several and head.entity, head.project) if part) for head in heads],
        "state": [_shown_state(each) for each in listed],
        "started (UTC)": [f"{head.started:%Y-%m-%d %H:%M}" if head.started else "" for head in heads],
        "commit": [(head.commit or "")[:7] for head in heads],
        "last step": [
            "" if each.run is None or each.run.last_step is None else str(each.run.last_step) for each in listed
        ],
        "segments": [str(head.segments) if head.segments > 1 else "" for head in heads],
        "cited by": [", ".join(each.cited_by) for each in listed],
        "problems": [str(each.run.problem_count or "") if each.run else "" for each in listed],
    }
    return {name: cells for name, cells in columns.items() if name == "id" or any(cells)}


def _shown_state(each: "ListedRun") -> str:
    if each.problem is not None:
        return "unreadable"
    return each.state.value if each.state is not None else ""
