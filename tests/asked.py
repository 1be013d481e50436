"""What each public method of Repository is asked, once plainly and once with text that somebody else chose."""

from __future__ import annotations

import hashlib
import inspect
import os
from typing import TYPE_CHECKING, NamedTuple

from journal.errors import JournalError
from journal.revisions import Repository
from journal.revisions.moved import Lost

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Asked(NamedTuple):
    """How a method is tried.

    Attributes:
        plainly: A call that answers in any repository with two commits, the older of them called `v1`.
        with_text: Calls that put a text into each place that takes one; none for a method that takes none.
    """

    plainly: Callable[[Repository], object]
    with_text: tuple[Callable[[Repository, str], object], ...] = ()


def head(repository: Repository) -> str:
    """Full sha of the commit that is checked out."""
    return str(repository.head())


def _history(repository: Repository) -> object:
    history, sha, older = repository.ancestry, head(repository), repository.resolve("v1")
    return (
        sorted(history.shas),
        history.contains(sha, older),
        history.contains(older, sha),
        history.is_reachable(sha),
        history.children(older),
        history.parents(sha),
        history.moments(sha),
    )


def _history_of(repository: Repository, text: str) -> object:
    history = repository.ancestry
    history.expect([text])
    return history.contains(text, head(repository)), history.starting(text)


ASKED = {
    "find": Asked(
        lambda it: Repository.find(it.root).root == it.root,
        (lambda it, text: Repository.find(it.root / text),),
    ),
    "resolve": Asked(
        lambda it: [it.resolve(name) for name in ("HEAD", "v1", head(it)[:9])],
        (lambda it, text: it.resolve(text),),
    ),
    "commit": Asked(
        lambda it: [it.commit(name) for name in ("HEAD", "v1")],
        (lambda it, text: it.commit(text),),
    ),
    "commits": Asked(
        lambda it: it.commits(["v1..HEAD", "v1"]),
        (
            lambda it, text: it.commits([text, "HEAD"]),
            lambda it, text: it.commits([f"{text}..HEAD"]),
            lambda it, text: it.commits([f"v1..{text}"]),
        ),
    ),
    "blobs": Asked(
        lambda it: it.blobs(it.files_at("HEAD").values()),
        (lambda it, text: it.blobs([text, "0" * 40]),),
    ),
    "files_at": Asked(
        lambda it: (it.files_at("v1"), it.files_at("HEAD", "lab")),
        (lambda it, text: it.files_at(text, "lab"), lambda it, text: it.files_at("HEAD", text)),
    ),
    "compare": Asked(
        lambda it: it.compare("v1", "HEAD"),
        (lambda it, text: it.compare(text, "HEAD"), lambda it, text: it.compare("HEAD", text)),
    ),
    "fork": Asked(
        lambda it: (it.fork(), it.fork("v1")),
        (lambda it, text: it.fork(text),),
    ),
    "commits_known": Asked(
        lambda it: it.commits_known([head(it), head(it)[:7], "main", "0000000"]),
        (lambda it, text: it.commits_known([text]),),
    ),
    "ancestry": Asked(_history, (_history_of,)),
    "newest_ancestor": Asked(
        lambda it: it.newest_ancestor([head(it)], {it.resolve("v1")}),
        (
            lambda it, text: it.newest_ancestor([text], {"v1"}),
            lambda it, text: it.newest_ancestor([head(it)], {text}),
        ),
    ),
    "full": Asked(
        lambda it: [it.full(head(it)[:9]), it.full("0000000")],
        (lambda it, text: it.full(text),),
    ),
    "deltas": Asked(
        lambda it: it.deltas([head(it), it.resolve("v1")]),
        (lambda it, text: it.deltas([text]),),
    ),
    "blob": Asked(
        lambda it: [it.blob(head(it), path) for path in sorted(it.files_at("HEAD"))],
        (lambda it, text: it.blob(head(it), text), lambda it, text: it.blob(text, "lab")),
    ),
    "renamed": Asked(
        lambda it: it.renamed(it.resolve("v1"), head(it)),
        (lambda it, text: it.renamed(text, head(it)), lambda it, text: it.renamed(head(it), text)),
    ),
    "fingerprint": Asked(lambda it: it.fingerprint()),
    "look_up": Asked(
        lambda it: it.look_up([head(it)[:9], "0000000"]),
        (lambda it, text: it.look_up([text]),),
    ),
    "messages": Asked(
        lambda it: it.messages([head(it), it.resolve("v1")]),
        (lambda it, text: it.messages([text]),),
    ),
    "found_again": Asked(
        lambda it: it.found_again([Lost("0" * 40, it.commit("v1").subject, it.commit("v1").authored)]),
        (
            lambda it, text: it.found_again([Lost(text)]),
            lambda it, text: it.found_again([Lost("0" * 40, text, patch=text)]),
        ),
    ),
    "patches": Asked(
        lambda it: it.patches.ids([head(it), it.resolve("v1")]),
        (lambda it, text: it.patches.ids([text]), lambda it, text: it.patches.id_of(text.encode("utf-8", "replace"))),
    ),
    "reverts": Asked(
        lambda it: it.reverts.undone(it.resolve("v1"), head(it)),
        (lambda it, text: it.reverts.undone(text, text),),
    ),
    "neighbour": Asked(
        lambda it: it.neighbour(it.root).head(),
        (lambda it, text: it.neighbour(it.root / text),),
    ),
    "state": Asked(lambda it: it.state(600)),
    "is_shallow": Asked(lambda it: it.is_shallow),
    "head": Asked(lambda it: it.head()),
    "branch": Asked(lambda it: it.branch()),
    "user_name": Asked(lambda it: it.user_name()),
    "origin": Asked(lambda it: it.origin()),
    "versions": Asked(
        lambda it: list(it.versions(it.root / "lab" / "moved.txt")),
        (lambda it, text: list(it.versions(it.root / text)),),
    ),
    "ignored": Asked(
        lambda it: [it.ignored(it.root / name) for name in ("lab/kept.txt", "wandb/run", "sub/x", "new.txt")],
        (lambda it, text: it.ignored(it.root / text),),
    ),
}


def public_names() -> set[str]:
    """The methods and properties of Repository that others call."""
    return {name for name, _ in inspect.getmembers_static(Repository) if not name.startswith("_")}


def takes_text(name: str) -> bool:
    """Whether a method takes revisions, names or paths."""
    member = inspect.getattr_static(Repository, name)
    function = getattr(member, "__func__", member)
    if not inspect.isfunction(function):
        return False
    kinds = [str(parameter.annotation) for parameter in inspect.signature(function).parameters.values()]
    return any(word in kind for kind in kinds for word in ("str", "Path", "Lost"))


def answers(root: Path) -> dict[str, object]:
    """What each method answers, or the kind of its error."""
    repository = Repository.find(root)
    return {name: _answer(asked.plainly, repository) for name, asked in ASKED.items()}


def _answer(ask: Callable[[Repository], object], repository: Repository) -> object:
    try:
        return ask(repository)
    except JournalError as error:
        return type(error)


def traces(folder: Path) -> dict[str, tuple[int, str]]:
    """Time of change of each folder, file and link below a folder, and what is in it."""
    return {str(path.relative_to(folder)): (path.lstat().st_mtime_ns, _content(path)) for path in folder.rglob("*")}


def _content(path: Path) -> str:
    if path.is_symlink():
        return os.fspath(path.readlink())
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
