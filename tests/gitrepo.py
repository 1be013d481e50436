"""A real git repository for tests, made without any setting of the machine that runs them."""

import os
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

AUTHOR = "Ada Lovelace <ada@example.org>"
DATE = "2026-02-21T19:01:15+08:00"


class GitRepo:
    """A repository that a test fills; the same steps give the same shas.

    Args:
        root: Top of the work tree; `init` makes it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def init(self, *options: str) -> "GitRepo":
        """Make the folder and an empty repository in it, on branch main."""
        self.root.mkdir(parents=True, exist_ok=True)
        if options or (self.root / ".git").exists():
            self.git("init", "--quiet", "--initial-branch=main", *options)
            return self
        for path, content in _empty():
            if content is None:
                (self.root / path).mkdir()
            else:
                (self.root / path).write_bytes(content)
        return self

    def write(self, path: str, text: str | bytes) -> Path:
        """Write a file, making its folders."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode() if isinstance(text, str) else text)
        return place

    def commit(self, message: str, author: str = AUTHOR, date: str = DATE) -> str:
        """Commit everything as it stands, even if nothing changed, and give the full sha."""
        self.git("add", "--all")
        self.git(
            "commit", "--quiet", "--allow-empty", "--cleanup=verbatim", "-m", message, f"--author={author}", date=date
        )
        return self.git("rev-parse", "HEAD")

    def git(self, *arguments: str, given: str | bytes = b"", date: str = DATE) -> str:
        """What a git command prints, without the newline at its end; failure is an error."""
        answer = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            env=_environment(date),
            input=given.encode() if isinstance(given, str) else given,
            capture_output=True,
            check=False,
        )
        if answer.returncode:
            raise AssertionError(f"git {' '.join(arguments)}: {os.fsdecode(answer.stderr)}")
        return os.fsdecode(answer.stdout).removesuffix("\n")


def asked_of_git(monkeypatch: "pytest.MonkeyPatch") -> list[tuple[str, ...]]:
    """The arguments of every git process that the package starts from now on."""
    from journal.revisions import command

    calls: list[tuple[str, ...]] = []
    plain = command.run

    def counted(folder: Path, *arguments: str, **given: Any) -> command.Answer:
        calls.append(arguments)
        return plain(folder, *arguments, **given)

    monkeypatch.setattr(command, "run", counted)
    return calls


@cache
def _empty() -> list[tuple[str, bytes | None]]:
    """The folders and files of an empty repository, as git makes it: hundreds of tests begin with one."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        GitRepo(made).git("init", "--quiet", "--initial-branch=main", "--template=")
        found = sorted(made.rglob("*"))
        return [(str(path.relative_to(made)), None if path.is_dir() else path.read_bytes()) for path in found]


def _environment(date: str) -> dict[str, str]:
    name, _, address = AUTHOR.rstrip(">").partition(" <")
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.devnull,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": name,
        "GIT_AUTHOR_EMAIL": address,
        "GIT_AUTHOR_DATE": date,
        "GIT_COMMITTER_NAME": name,
        "GIT_COMMITTER_EMAIL": address,
        "GIT_COMMITTER_DATE": date,
    }
