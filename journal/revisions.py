"""The only place that knows git: what a repository says about its commits.

Reading runs nothing that belongs to the repository and writes nothing into it. Every command has a fixed shape;
a revision is turned into a full sha before it reaches any of them; no `GIT_*` variable of the caller gets through;
settings that could start a program are switched off. Needs git 2.31 or newer.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO, NamedTuple
from urllib.parse import urlsplit

from journal.errors import AmbiguousRevision, NotARepository, RevisionError, UnknownRevision
from journal.model.revision import Commit, FileChange, FileVersion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_SETTINGS = (
    "core.attributesFile=/dev/null",  # line counts do not depend on who reads
    "core.commitGraph=false",  # a cache that could lie about commits
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "log.showSignature=false",  # would run gpg.program
    "safe.bareRepository=explicit",  # a folder that merely looks like a repository is none
)
_OPTIONS = (
    "--no-pager",
    "--no-replace-objects",
    *(part for setting in _SETTINGS for part in ("-c", setting)),
)
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",  # a partial clone fetches on demand, with commands that its configuration names
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}
_SHOW = (
    "diff-tree",
    *("--root", "--always", "--diff-merges=first-parent", "-r", "-M", "-l1000", "-z", "--numstat"),
    *("--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=none"),
    *("--encoding=UTF-8", "--date=raw", "--format=%P%x00%an%x00%ad%x00%s%x00%b%x00"),
)
_HISTORY = (
    *("rev-list", "--full-history", "--simplify-merges", "--parents", "--topo-order"),
    *("--date=raw", "--format=%cd%x00%ad"),
)

_FULL = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_ABBREVIATED = re.compile(r"[0-9a-fA-F]{4,64}")  # git takes no fewer than four digits
_LONGEST_REVISION = 1000
_LONGEST_LIST = 10
_BLOB = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64}) blob (\d+)")
_LARGEST_VERSION = 16 << 20
_LARGEST_CHUNK = 64 << 20
_FETCH = "fetch what is missing from where this repository was cloned, or run `git fsck`"
_INIT = "run `git init` in the folder that your work lives in"


class Repository:
    """A git repository with a work tree, for reading.

    Attributes:
        root: Top of the work tree, absolute and resolved.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def find(cls, start: Path) -> Repository:
        """The repository that `start` lies in.

        `start` must be a folder that the user chose, such as the journal's root. Never pass a run folder or
        anything else that was copied here: a `.git` planted in it would choose the repository.

        Raises:
            NotARepository: There is none.
            RevisionError: There is one, but it has no work tree here, or git refuses or fails to read it;
                or git is not installed.
        """
        if not start.is_dir():
            raise NotARepository("there is no such folder", path=start)
        answer = _git(start, "rev-parse", "--show-toplevel")
        if answer.status:
            raise RevisionError(f"has no git work tree: {answer.reason}", path=start, hint=_INIT)
        root = Path(os.fsdecode(answer.raw.removesuffix(b"\n")))
        if not start.resolve().is_relative_to(root):
            raise RevisionError(
                f"its repository has its work tree elsewhere, in {root}",
                path=start,
                hint="see `git config --show-origin core.worktree`",
            )
        return cls(root)

    def resolve(self, revision: str) -> str:
        """The full sha of the commit that a branch, tag, abbreviated sha or other git expression names.

        Raises:
            UnknownRevision: No commit answers to it, or it is not the name of a single revision.
            AmbiguousRevision: Several commits answer to it; the hint lists them.
        """
        if revision.startswith("-") or not revision.isprintable() or not 0 < len(revision) <= _LONGEST_REVISION:
            shown = revision if len(revision) <= _LONGEST_REVISION else revision[:40] + "…"
            raise UnknownRevision(f"{shown!r} is not a revision", hint="give a sha, a branch or a tag")
        answer = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        sha = answer.text.strip()
        found = [sha] if answer.status == 0 and _FULL.fullmatch(sha) else []
        if not found or not sha.startswith(revision.lower()):  # a branch may be called like the sha of a commit
            found += self._commits_starting(revision)
        if len(found) > 1:
            raise self._ambiguous(revision, found)
        if not found:
            raise self._unknown(revision)
        return found[0]

    def commit(self, revision: str) -> Commit:
        """A commit and the files it touches against its first parent; a root commit, against nothing.

        Names and messages that are not UTF-8 are shown with replacement characters.

        Raises:
            UnknownRevision: No commit answers to the revision.
            AmbiguousRevision: Several commits answer to it.
            RevisionError: The commit is there, but something needed to describe it is not.
        """
        sha = self.resolve(revision)
        answer = self._git(*_SHOW, sha, "--")
        if answer.status:
            hint = f"in a partial clone, `git show {sha[:7]}` fetches what is missing; otherwise run `git fsck`"
            raise RevisionError(f"commit {sha[:7]} cannot be read: {answer.reason}", path=self.root, hint=hint)
        parents, author, date, subject, body, changes = answer.text.split("\0", 5)
        if not parents:
            self._check_root(sha)
        return Commit(
            sha=sha,
            subject=subject,
            body=body.strip("\n"),
            author=author,
            authored=_moment(date, sha),
            parents=tuple(parents.split()),
            files=tuple(_changes(changes)),
        )

    def commits_known(self, shas: Iterable[str]) -> dict[str, str | None]:
        """For each sha, full or abbreviated, the full sha of the commit it names.

        None stands for a sha that no commit, or more than one, answers to, and for anything that is not a sha
        of at least four digits. One git process answers for all of them.
        """
        known: dict[str, str | None] = dict.fromkeys(shas)
        asked = [sha for sha in known if _ABBREVIATED.fullmatch(sha)]
        for sha, (name, _) in zip(asked, self._objects(f"{sha}^{{commit}}" for sha in asked), strict=True):
            if not name or name.startswith(sha.lower()):
                known[sha] = name or None
            else:  # a branch or tag of that name stands in front of the commit
                found = self._commits_starting(sha)
                known[sha] = found[0] if len(found) == 1 else None
        return known

    def head(self) -> str | None:
        """Full sha of the commit that is checked out, or None before the first commit."""
        return self._said("rev-parse", "--verify", "--quiet", "HEAD^{commit}")

    def branch(self) -> str | None:
        """The branch that is checked out, or None when HEAD is detached."""
        name = self._said("symbolic-ref", "--quiet", "HEAD")
        return name and name.removeprefix("refs/heads/")

    def user_name(self) -> str | None:
        """The name that git would sign a commit with (`user.name`), or None if none is set."""
        name = self._said("config", "--get", "user.name")
        return (name and name.strip()) or None

    def origin(self) -> str | None:
        """Address of the remote `origin`, without user, password, query or fragment.

        None when there is no such remote, and when its address is of a form that could hide a secret.
        """
        addresses = self._said("config", "--null", "--get-all", "remote.origin.url")  # git fetches from the first
        return addresses and _without_secrets(addresses.partition("\0")[0])

    def versions(self, path: Path) -> Iterator[FileVersion]:
        """What each commit that HEAD is made of left of a file, where it changed it; the newest first.

        Every line of commits counts, also that of a merged branch. Versions hang together by their `parents`: the
        first is the one that HEAD has, and each comes before its parents. A merge stands among them where both sides
        changed the file. A file that a commit renamed is followed to its former name, as long as the two are at least
        half alike; but what one side of a merge did under the former name is not met, where the other renamed it.
        A version that is met on two ways after a renaming may come twice.

        Everything is read when it is first asked for: the commits at once, the bytes up to 64 MiB at a time by one
        git process, a former name when its turn comes. A file above 16 MiB is not read. In a shallow clone the
        oldest version is marked as `cut`.

        Args:
            path: The file, absolute or from the root; it need not exist any more. One outside the work tree, one that
                was never committed, and any file before the first commit have no versions.

        Raises:
            RevisionError: Something that is needed is not in this repository, or git cannot be asked for it.
        """
        name, head = self._inside(path), self.head()
        lines = [self._line(head, name)] if name is not None and head is not None else []
        known = {line.tip for line in lines}
        for line in lines:  # it grows as former names are met
            for version in self._versions(line):
                former = None
                if line.begins_at(version):
                    version, former = self._followed(version)  # noqa: PLW2901  (the same, with what came before)
                if former is not None and former.tip not in known:
                    known.add(former.tip)
                    lines.append(former)
                yield version

    def ignored(self, path: Path) -> bool:
        """Whether git ignores `path`: an untracked path that an ignore pattern matches.

        A relative path is taken from the root. A path outside the work tree is not ignored. A pattern such as
        `wandb/` matches folders only, so a folder that does not exist yet is judged by asking for a path inside it.
        """
        name = self._inside(path)
        if name is None:
            return False
        matched = self._said("check-ignore", "--no-index", "--quiet", "--", f"./{name}") is not None  # `./`: no magic
        return matched and self._said("ls-files", "--error-unmatch", "--", f":(literal){name}") is None

    def _inside(self, path: Path) -> str | None:
        """A path from the root, or None for one outside the work tree."""
        place = Path(os.path.abspath(self.root / path))  # noqa: PTH100 - a link itself, not what it points to
        place = place.parent.resolve() / place.name
        return str(place.relative_to(self.root)) if place.is_relative_to(self.root) else None

    def _line(self, start: str, name: str) -> _Line:
        """The commits up to `start` that changed the file of this name."""
        answer = self._git(*_HISTORY, start, "--", f":(literal){name}")
        if answer.status:
            raise RevisionError(f"the history of {name} cannot be read: {answer.reason}", path=self.root, hint=_FETCH)
        rows = answer.text.splitlines()
        steps = tuple(_step(header, dates) for header, dates in zip(rows[::2], rows[1::2], strict=True))
        return _Line(name, steps, dict(zip([step.sha for step in steps], self._blobs(steps, name), strict=True)))

    def _blobs(self, steps: Sequence[_Step], name: str) -> Iterator[_Blob | None]:
        """The file in each of these commits; None where it is not there."""
        if "\n" in name:
            hint = "rename the file"
            raise RevisionError("a name with a line break cannot be looked up in git", path=name, hint=hint)
        answers = self._asked("--batch-check", [f"{step.sha}:{name}" for step in steps]).split(b"\n")
        for step, line in zip(steps, answers[: len(steps)], strict=True):
            found = _BLOB.fullmatch(line)
            if found is None and line.endswith(b" missing"):
                self._check_absent(step.sha, name)
            yield _Blob(found[1].decode(), int(found[2])) if found is not None else None

    def _check_absent(self, sha: str, name: str) -> None:
        """Raise if the commit has a file of that name after all, which only is not in this repository."""
        answer = self._git("ls-tree", "-z", "--full-tree", sha, "--", f":(literal){name}")
        if answer.status or answer.raw:
            said = f"{name} of commit {sha[:7]} is not in this repository"
            raise RevisionError(said, path=self.root, hint=_FETCH)

    def _versions(self, line: _Line) -> Iterator[FileVersion]:
        for steps in line.chunks():
            blobs = [blob for step in steps if (blob := line.readable(step)) is not None]
            contents = self._contents(dict.fromkeys(blob.name for blob in blobs))
            for step in steps:
                blob = line.readable(step)
                yield FileVersion(
                    sha=step.sha,
                    path=line.path,
                    committed=step.committed,
                    authored=step.authored,
                    raw=None if blob is None else contents[blob.name],
                    parents=tuple((sha, line.path) for sha in step.parents),
                )

    def _contents(self, names: Iterable[str]) -> dict[str, bytes]:
        """The bytes of each blob, by one git process."""
        asked = list(names)
        answer = self._asked("--batch", asked)
        found, start = {}, 0
        for name in asked:
            told = _BLOB.match(answer, start)
            if told is None:
                raise RevisionError(f"blob {name[:7]} is not in this repository", path=self.root, hint=_FETCH)
            begin = told.end() + 1  # contents stand between two line feeds
            start = begin + int(told[2]) + 1
            found[name] = answer[begin : start - 1]
        return found

    def _asked(self, how: str, names: Sequence[str]) -> bytes:
        """What `git cat-file` answers for these names, one after the other."""
        if not names:
            return b""
        with TemporaryFile() as given:
            given.write(b"".join(os.fsencode(name) + b"\n" for name in names))
            given.seek(0)
            answer = self._git("cat-file", f"{how}=%(objectname) %(objecttype) %(objectsize)", given=given)
        if answer.status:
            raise RevisionError(f"objects cannot be read: {answer.reason}", path=self.root, hint=_FETCH)
        return answer.raw

    def _followed(self, version: FileVersion) -> tuple[FileVersion, _Line | None]:
        """The first version under a name, tied to what came before it: the history under a former name, if any."""
        if self._is_cut(version.sha):
            return version.model_copy(update={"cut": True}), None
        commit = self.commit(version.sha)
        name = next((file.old_path for file in commit.files if file.path == version.path), None)
        former = self._line(commit.parents[0], name) if name is not None else None
        if former is None or former.tip is None:
            return version, None
        return version.model_copy(update={"parents": (former.tip,)}), former

    def _git(self, *arguments: str, given: BinaryIO | None = None) -> _Answer:
        return _git(self.root, *arguments, given=given)

    def _said(self, *arguments: str) -> str | None:
        """What git answered without the newline at its end, or None for git's "no" (status 1)."""
        answer = self._git(*arguments)
        if answer.status > 1:
            raise RevisionError(f"git cannot answer: {answer.reason}", path=self.root)
        return answer.text.removesuffix("\n") if answer.status == 0 else None

    def _objects(self, names: Iterable[str]) -> list[tuple[str, str]]:
        """Full name and type of each object asked for, or two empty strings where none or several answer."""
        asked = "".join(f"{name}\n" for name in names)
        if not asked:
            return []
        with TemporaryFile() as given:
            given.write(asked.encode())
            given.seek(0)
            answer = self._git("cat-file", "--batch-check=%(objectname) %(objecttype)", given=given)
        if answer.status:
            raise RevisionError(f"objects cannot be read: {answer.reason}", path=self.root, hint="run `git fsck`")
        answers = (line.partition(" ") for line in answer.text.splitlines())
        return [(name, kind) if _FULL.fullmatch(name) else ("", "") for name, _, kind in answers]

    def _commits_starting(self, prefix: str) -> list[str]:
        """Full shas of the commits whose sha begins with these digits; none if they are not hex digits."""
        if not _ABBREVIATED.fullmatch(prefix):
            return []
        names = self._git("rev-parse", f"--disambiguate={prefix}").text.split()
        return [name for name, kind in self._objects(names) if kind == "commit"]

    def _listed(self, shas: list[str]) -> str:
        """Short sha and subject of each commit, for a hint."""
        chosen = shas[:_LONGEST_LIST]
        answer = self._git(
            *("rev-list", "--no-walk=unsorted", "--oneline", "--abbrev=7", "--encoding=UTF-8", *chosen, "--")
        )
        lines = [*(answer.text.splitlines() or chosen), *(["…"] if len(shas) > len(chosen) else [])]
        return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in "; ".join(lines))

    def _ambiguous(self, revision: str, found: list[str]) -> AmbiguousRevision:
        return AmbiguousRevision(f"{revision!r} could be any of {len(found)} commits", hint=self._listed(found))

    def _unknown(self, revision: str) -> UnknownRevision:
        hint = "run `git fetch` if it was made elsewhere"
        if self.head() is None:
            hint = "nothing is committed here yet"
        elif close := self._commits_starting(revision[:5]) if _ABBREVIATED.fullmatch(revision) else []:
            hint = f"did you mean {self._listed(close[:3])}?"
        elif self._said("rev-parse", "--is-shallow-repository") == "true":
            hint = "this clone is shallow: run `git fetch --unshallow`"
        return UnknownRevision(f"no commit answers to {revision!r}", hint=hint)

    def _check_root(self, sha: str) -> None:
        """Raise if a commit only looks like a root because a shallow clone ends there."""
        if self._is_cut(sha):
            raise RevisionError(
                f"commit {sha[:7]} is where this shallow clone ends, so what it changed is not known",
                path=self.root,
                hint="run `git fetch --unshallow`",
            )

    def _is_cut(self, sha: str) -> bool:
        """Whether a shallow clone ends at a commit: it has parents that git does not tell of."""
        stored = self._git("cat-file", "commit", sha).raw
        told = self._said("rev-list", "--no-walk", "--parents", sha) or ""
        return b"\nparent " in stored.partition(b"\n\n")[0] and told.strip() == sha


class _Step(NamedTuple):
    """A commit that changed a file, with the commits that did so right before it."""

    sha: str
    parents: tuple[str, ...]
    committed: datetime
    authored: datetime


class _Blob(NamedTuple):
    """A file's contents: object name and size in bytes."""

    name: str
    size: int


class _Line(NamedTuple):
    """A file's history under one name, the newest commit first."""

    path: str
    steps: tuple[_Step, ...]
    blobs: dict[str, _Blob | None]

    @property
    def tip(self) -> tuple[str, str] | None:
        """Sha and path of the newest version."""
        return (self.steps[0].sha, self.path) if self.steps else None

    def begins_at(self, version: FileVersion) -> bool:
        """Whether the file is there at a version and at none right before it."""
        return self.blobs[version.sha] is not None and not any(self.blobs.get(sha) for sha, _ in version.parents)

    def readable(self, step: _Step) -> _Blob | None:
        """The file in a commit, unless it is not there or too large."""
        blob = self.blobs[step.sha]
        return None if blob is None or blob.size > _LARGEST_VERSION else blob

    def chunks(self) -> Iterator[list[_Step]]:
        """The commits, in parts whose files are read at once."""
        chunk: list[_Step] = []
        held = 0
        for step in self.steps:
            blob = self.readable(step)
            size = 0 if blob is None else blob.size
            if chunk and held + size > _LARGEST_CHUNK:
                yield chunk
                chunk, held = [], 0
            chunk.append(step)
            held += size
        if chunk:
            yield chunk


class _Answer(NamedTuple):
    status: int
    raw: bytes
    errors: str

    @property
    def text(self) -> str:
        """What git wrote; bytes that are not UTF-8 become replacement characters."""
        return self.raw.decode("utf-8", "replace")

    @property
    def reason(self) -> str:
        """Git's own reason for a failure, in one line."""
        lines = self.errors.strip().splitlines() or [f"git ended with status {self.status}"]
        return next((line for line in lines if line.startswith("fatal: ")), lines[0]).removeprefix("fatal: ")


def _git(folder: Path, *arguments: str, given: BinaryIO | None = None) -> _Answer:
    """Run git in `folder`, in a clean environment.

    GitPython always hands on the whole environment, and os.environ is not ours to change, so `env` takes
    the caller's `GIT_*` variables away.

    Raises:
        NotARepository: There is no repository.
        RevisionError: Git refuses to read it because of its owner, or is not installed.
    """
    missing = RevisionError("git could not be started", hint="install git 2.31 or newer, then try again")
    try:
        from git.cmd import Git
        from git.exc import GitCommandNotFound
    except ImportError as error:  # GitPython looks for git when it is imported
        raise missing from error
    inherited = [part for name in os.environ if name.startswith("GIT_") for part in ("-u", name)]
    ours = [f"{name}={value}" for name, value in _ENVIRONMENT.items()]
    git = Git.GIT_PYTHON_GIT_EXECUTABLE or Git.git_exec_name
    try:
        status, raw, errors = Git().execute(
            ["env", *inherited, *ours, git, "-C", str(folder), *_OPTIONS, *arguments],
            istream=given,
            with_extended_output=True,
            with_exceptions=False,
            stdout_as_string=False,
            strip_newline_in_stdout=False,
        )
    except GitCommandNotFound as error:
        raise missing from error
    if status in {126, 127}:  # so says `env` when git cannot be run, or is not there
        raise missing
    _check_access(folder, errors)
    return _Answer(status, raw, errors)


def _check_access(folder: Path, errors: str) -> None:
    lines = errors.splitlines()
    if any(line.startswith("fatal: detected dubious ownership") for line in lines):
        raise RevisionError(
            "git refuses to read this repository, because it belongs to another user",
            path=folder,
            hint=f"if you trust it, run `git config --global --add safe.directory {folder}`",
        )
    if any(line.startswith("fatal: not a git repository (") for line in lines):
        raise NotARepository("is not inside a git repository", path=folder, hint=_INIT)


def _step(header: str, dates: str) -> _Step:
    """`commit SHA PARENT…` and the line below it: committer date and author date."""
    _, sha, *parents = header.split(" ")
    committed, _, authored = dates.partition("\0")
    return _Step(sha, tuple(parents), _moment(committed, sha, "a committer"), _moment(authored, sha))


def _moment(date: str, sha: str, whose: str = "an author") -> datetime:
    """A date in git's raw form: seconds since 1970, and an offset such as +0800."""
    try:
        seconds, offset = date.split()
        east = timedelta(hours=int(offset[:3]), minutes=int(offset[0] + offset[3:]))
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(seconds))).astimezone(timezone(east))
    except (ValueError, OverflowError) as error:
        raise RevisionError(f"commit {sha[:7]} has {whose} date that is no date: {date!r}") from error


def _changes(listing: str) -> Iterator[FileChange]:
    """Files of `--numstat -z`: counts and path, or for a rename counts, nothing, old path and new path."""
    fields = iter(listing.lstrip("\0\n").split("\0")[:-1])
    for field in fields:
        added, removed, path = field.split("\t", 2)
        old_path = None if path else next(fields)
        yield FileChange(path=path or next(fields), old_path=old_path, added=_count(added), removed=_count(removed))


def _count(text: str) -> int | None:
    return None if text == "-" else int(text)


def _without_secrets(address: str) -> str | None:
    """The address of a remote, reduced to what names the repository."""
    if re.match(r"[A-Za-z0-9+.-]*::", address):  # a remote helper: the rest is a command line or anything else
        return None
    if "://" in address:
        return _url_without_secrets(address)
    place, slash, path = address.partition("/")
    if ":" not in place:  # a path on this machine
        return address or None
    place = place.rpartition("@")[2]
    return place + slash + path if ":" in place and "@" not in path else None


def _url_without_secrets(address: str) -> str | None:
    try:
        url = urlsplit(address)
        _ = url.port  # what follows the colon may be half a password
    except ValueError:
        return None
    if "@" in url.path + url.query + url.fragment:  # half a password, when the password holds a / ? or #
        return None
    return url._replace(netloc=url.netloc.rpartition("@")[2], query="", fragment="").geturl()
