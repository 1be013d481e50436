"""The command itself: which verbs there are, and the one place where failures become a line and an exit code.

A verb's module is imported when the verb is run, so that `--help` and `--version` stay quick. Each module defines
`command`, a function that Typer can read; its docstring's first line stands in `VERBS` too (a test compares them).
A verb with more to it, such as `runs show`, names those functions in `PARTS`; `command` is then what it does alone.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from difflib import get_close_matches
from importlib import import_module
from io import TextIOWrapper
from keyword import iskeyword
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from journal import __version__
from journal.cli.output import failure, say
from journal.cli.progress import reading_shown
from journal.errors import JournalError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

VERBS = {
    "init": "Make this git repository a journal.",
    "new": "Start an entry from a title, commits and runs.",
    "list": "List the entries, newest first.",
    "search": "Search the entries for words, the best first.",
    "show": "Show one entry.",
    "fill-results": "Fill the tables of entries from their runs, and record the evidence.",
    "update": "Add a dated section to an entry, and let its status follow.",
    "correct": "Correct a value of an entry, and list the entries that quote it.",
    "supersede": "Let one entry take the place of another, and list what rests on the old one.",
    "review": "Record a review of an entry and of the evidence that it is of.",
    "link": "Add runs, commits and relations to an entry.",
    "rename": "Give an entry another id; evidence, relations and links follow.",
    "import": "Take in free-form notes as entries, their words byte for byte.",
    "capture": "Keep the state of the code beside a run that begins, so that its commit can be proven.",
    "cite": "Print one number of a run as a link to paste into an entry.",
    "trace": "Walk from a number in an entry to the bytes it came from.",
    "export": "Print an entry as one HTML file that needs nothing else.",
    "export-table": "Print one table of an entry as Markdown, CSV, JSON, LaTeX or HTML.",
    "check": "Check entries: structure, references, and every number against its run.",
    "changes": "Tell which numbers of the entries changed since a commit, from what to what.",
    "status": "Tell what waits: results, steps and predictions of all entries, and runs that no entry cites.",
    "runs": "List the runs, newest first, or show one.",
    "stat": "Print one number of one run.",
    "diff": "Show what differs between two runs: config, code, environment, and metrics over the same steps.",
    "build": "Build the site from entries and evidence.",
    "serve": "Serve the site and rebuild it as entries change.",
    "push-notes": "Put an entry's link and a short summary into the notes of its runs on the server.",
}

WORDY = {"search", "update"}
"""Verbs whose arguments are words of any kind."""

LAUNCHING = {"capture"}
"""Verbs behind which another command may stand, after `--`."""

INTERRUPTED = 130
PIPE_CLOSED = 141


class _Command(TyperCommand):
    """A verb, or a part of one, whose usage names what is needed as the documentation does: REF, not {REF}."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        return [re.sub(r"\{(.*)\}", r"\1", piece) for piece in super().collect_usage_pieces(ctx)]


class _Words(_Command):
    """A verb that takes words of any kind, such as `-39` and `- [ ] a step`: one dash alone makes no option of them."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        known = {"--help", *(name for param in self.params for name in (*param.opts, *param.secondary_opts))}
        dashed = [arg for arg in args[:end] if arg.startswith("-") and arg.partition("=")[0] not in {*known, "-", "-h"}]
        unknown = [arg for arg in dashed if arg.startswith("--")]
        if dashed and not unknown:
            ctx.ignore_unknown_options = True
            ctx.help_option_names = ["--help"]  # else the letters of a word are looked through for -h
            args = ["--help" if arg == "-h" else arg for arg in args[:end]] + args[end:]
        return super().parse_args(ctx, [*unknown, *args])  # what is unknown is told of before any word


class _Launching(_Command):
    """A verb behind which another command stands, after `--`, whatever words of its own it has."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        rest = super().parse_args(ctx, args[:end])
        if ctx.params["words"]:
            raise UsageError(f"{ctx.params['words'][0]!r} is one word too many", hint="a command stands behind `--`")
        ctx.params["words"] = args[end + 1 :]
        return rest


class _Parts(TyperGroup):
    """A verb with parts. A word that is none of them was meant for the first, unless it is a misspelt part."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        word, (first, *_) = args[0], self.commands
        if word.startswith("-") or word in self.commands or get_close_matches(word, self.commands):
            return super().resolve_command(ctx, args)
        raise UsageError(
            f"{ctx.command_path} has no command {word!r}",
            hint=f"did you mean `{ctx.command_path} {first} {shlex.quote(word)}`?",
        )


def module_name(verb: str) -> str:
    """The module of a verb: `fill_results`, `import_`."""
    name = verb.replace("-", "_")
    return f"{name}_" if iskeyword(name) else name


class _Verb(TyperCommand):
    """A verb that is not imported yet: enough for `--help`; it becomes the real one when it is run."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        module = import_module(f"journal.cli.{module_name(str(self.name))}")
        single = typer.Typer(add_completion=False, rich_markup_mode=None)
        parts = getattr(module, "PARTS", {})
        if parts:
            single.callback(invoke_without_command=True, cls=_Parts)(module.command)
        else:
            kind = _Words if self.name in WORDY else _Launching if self.name in LAUNCHING else _Command
            single.command(self.name, cls=kind)(module.command)
        for name, part in parts.items():
            single.command(name, cls=_Command)(part)
        return typer.main.get_command(single).make_context(info_name, args, parent=parent, **extra)


class _Verbs(TyperGroup):
    """The verbs, in the order in which an entry meets them."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  (Typer's signature)
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002  (Typer's signature)
        if cmd_name not in VERBS:
            return None
        return _Verb(cmd_name, callback=None, short_help=VERBS[cmd_name], rich_markup_mode=None)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        self.commands = dict.fromkeys(VERBS)  # type: ignore[assignment]  # for "did you mean"
        return super().resolve_command(ctx, args)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"journal {__version__}")
        raise typer.Exit


app = typer.Typer(
    cls=_Verbs,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def journal(
    directory: Annotated[str | None, typer.Option("--directory", "-C", help="Run as if started there.")] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of a failure.")] = False,  # noqa: ARG001
    version: Annotated[  # noqa: ARG001  (eager: its callback prints and leaves)
        bool | None, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = None,
) -> None:
    """An experiment journal in Markdown whose result tables fill themselves from runs and stay true."""
    if directory is not None:
        try:
            os.chdir(directory)
        except OSError as error:
            raise typer.BadParameter(f"{directory}: {error.strerror}", param_hint="--directory") from error


def run(args: Sequence[str]) -> int:
    """Run the command line; returns its exit code.

    Every failure becomes one line on stderr, and an `error` object on stdout when `--json` was asked for;
    with `--debug` the traceback is shown instead.
    """
    _print_whatever_comes()
    debug = "--debug" in args
    words = [word for word in args if word != "--debug"]
    try:
        return _call(words)
    except BrokenPipeError:
        _silence()
        return PIPE_CLOSED
    except SystemExit as leaving:  # so Typer answers a closed pipe
        if not isinstance(leaving.__context__, BrokenPipeError):
            raise
        _silence()
        return PIPE_CLOSED
    except OSError as error:  # the files of a journal have errors of their own: this is a stream that is full or gone
        _silence()
        if debug:
            raise
        failure(JournalError(f"{error.filename or 'standard output'}: {error.strerror or error}"), as_json=False)
        return JournalError.exit_code
    except Exception as error:
        if debug and not isinstance(error, typer.TyperException):
            raise
        known, code = _explained(error, words)
        failure(known, as_json="--json" in words)
        return code


def _call(args: Sequence[str]) -> int:
    with reading_shown() as reading:
        try:
            result = app(args=list(args), prog_name="journal", standalone_mode=False)
        except (typer.Abort, KeyboardInterrupt):
            result = INTERRUPTED
    if result == INTERRUPTED:  # Typer makes an exit code of it as well
        is_kept = reading.is_fetching and "--read-only" not in args and _is_in_journal()
        say("interrupted; what was fetched is kept" if is_kept else "interrupted")
    sys.stdout.flush()  # here, where a full disk or a closed pipe can still be answered for
    return result if isinstance(result, int) else 0


def _is_in_journal() -> bool:
    from journal.config import find

    try:
        return find(Path.cwd()).is_journal
    except (JournalError, OSError):
        return False


def _print_whatever_comes() -> None:
    """Let text that the terminal's encoding does not have be escaped instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _silence() -> None:
    """Let what is still to be printed go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _explained(error: Exception, args: Sequence[str]) -> tuple[JournalError, int]:
    """Any failure as one of ours, with its exit code."""
    if isinstance(error, JournalError):
        return error, error.exit_code
    if isinstance(error, typer.TyperException):
        message = error.format_message().rstrip(".").replace("Value error, ", "")
        return UsageError(message, hint=f"`{_asked_of(error, args)} --help` shows how"), error.exit_code
    hint = "this is a bug in the journal; `journal --debug` with the same words shows where"
    return JournalError(f"{type(error).__name__}: {error}", hint=hint), JournalError.exit_code


def _asked_of(error: typer.TyperException, args: Sequence[str]) -> str:
    """The command that was called wrongly, as far as it is known."""
    context = getattr(error, "ctx", None)
    if context is not None and context.parent is not None:
        return str(context.command_path)
    return " ".join(["journal", *[arg for arg in args if arg in VERBS][:1]])
