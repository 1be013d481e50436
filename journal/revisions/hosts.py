"""Where commits and files are shown on the web: links at the host of a git remote, told from the remote's address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote_to_bytes, urlsplit

from journal.config import HostLinks
from journal.model.address import without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from journal.config import HostKind

_PAGE = "{site}/{path}"
_GITHUB = HostLinks(
    commit=f"{_PAGE}/commit/{{sha}}",
    compare=f"{_PAGE}/compare/{{a}}...{{b}}",
    file=f"{_PAGE}/blob/{{sha}}/{{file}}",
    line=f"{_PAGE}/blob/{{sha}}/{{file}}#L{{first}}",
    lines=f"{_PAGE}/blob/{{sha}}/{{file}}#L{{first}}-L{{last}}",
)
_GITEA = HostLinks(
    commit=_GITHUB.commit,
    compare=_GITHUB.compare,
    file=f"{_PAGE}/src/commit/{{sha}}/{{file}}",
    line=f"{_PAGE}/src/commit/{{sha}}/{{file}}#L{{first}}",
    lines=f"{_PAGE}/src/commit/{{sha}}/{{file}}#L{{first}}-L{{last}}",
)
_KINDS: dict[HostKind, HostLinks] = {
    "github": _GITHUB,
    "gitlab": HostLinks(
        commit=f"{_PAGE}/-/commit/{{sha}}",
        compare=f"{_PAGE}/-/compare/{{a}}...{{b}}",
        file=f"{_PAGE}/-/blob/{{sha}}/{{file}}",
        line=f"{_PAGE}/-/blob/{{sha}}/{{file}}#L{{first}}",
        lines=f"{_PAGE}/-/blob/{{sha}}/{{file}}#L{{first}}-{{last}}",
    ),
    "bitbucket": HostLinks(
        commit=f"{_PAGE}/commits/{{sha}}",
        compare=f"{_PAGE}/branches/compare/{{b}}..{{a}}",  # what comes first is what is to be merged
        file=f"{_PAGE}/src/{{sha}}/{{file}}",
        line=f"{_PAGE}/src/{{sha}}/{{file}}#lines-{{first}}",
        lines=f"{_PAGE}/src/{{sha}}/{{file}}#lines-{{first}}:{{last}}",
    ),
    "bitbucket-server": HostLinks(
        commit=f"{_PAGE}/commits/{{sha}}",
        compare=f"{_PAGE}/compare/diff?sourceBranch={{b}}&targetBranch={{a}}",
        file=f"{_PAGE}/browse/{{file}}?at={{sha}}",
        line=f"{_PAGE}/browse/{{file}}?at={{sha}}#{{first}}",
        lines=f"{_PAGE}/browse/{{file}}?at={{sha}}#{{first}}-{{last}}",
    ),
    "gitea": _GITEA,
    "forgejo": _GITEA,
    "gitee": HostLinks(
        commit=_GITHUB.commit,
        compare=_GITHUB.compare,
        file=_GITHUB.file,
        line=_GITHUB.line,
        lines=f"{_PAGE}/blob/{{sha}}/{{file}}#L{{first}}-{{last}}",
    ),
}
_KNOWN: dict[str, HostKind] = {
    "github.com": "github",
    "gitlab.com": "gitlab",
    "bitbucket.org": "bitbucket",
    "codeberg.org": "forgejo",
    "gitea.com": "gitea",
    "gitee.com": "gitee",
}
# What a company calls its own, such as gitlab.lab.example; a Bitbucket of one's own is the server.
_OWN: dict[str, HostKind] = {
    "github": "github",
    "gitlab": "gitlab",
    "gitea": "gitea",
    "forgejo": "forgejo",
    "gitee": "gitee",
    "bitbucket": "bitbucket-server",
    "stash": "bitbucket-server",
}
# Names under which a host answers to ssh alone, where port 22 is closed.
_SAME = {
    "ssh.github.com": "github.com",
    "altssh.gitlab.com": "gitlab.com",
    "altssh.bitbucket.org": "bitbucket.org",
}
_WEB = {"http": 80, "https": 443}
_SHELL = {"ssh", "git", "git+ssh", "ssh+git"}
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")
_SHORT = re.compile(r"(\[[^\]/]+\]|[^:/\[\]]{2,}):([^:].*)")  # one letter before the colon is a drive
_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")


@dataclass(frozen=True)
class Host:
    """A repository as its host shows it on the web.

    Every link is a web address (http or https) in plain ASCII, and None where the host has no such page. Nothing of a
    user, password or token that the remote's address holds is in it.

    Attributes:
        site: The host: scheme, name, and the port if it is not the usual one.
        path: The repository's path there, percent-encoded.
        links: The patterns of its links.
    """

    site: str
    path: str
    links: HostLinks

    @classmethod
    def of(cls, address: str, settings: Mapping[str, HostLinks] | None = None) -> Host | None:
        """The host of a remote.

        Args:
            address: The remote's address, in any form that git takes; secrets in it are left out.
            settings: What the configuration says of hosts, by their names in lower case.

        Returns:
            None for a path or a file on a machine, and for a host of which nobody says where it shows commits.
        """
        remote = _remote(address.strip())
        if remote is None:
            return None
        names = [remote.name, _SAME.get(remote.name, remote.name), remote.name.removeprefix("www.")]
        given = next((settings[name] for name in names if settings and name in settings), None)
        kind = given.kind if given is not None else _kind(names[1:])
        if given is None and kind is None:
            return None
        path = _path(remote.parts, kind)
        site = remote.site if names[1] == remote.name else f"https://{names[1]}"
        return cls(site, path, _merged(given, kind)) if path else None

    def commit(self, sha: str) -> str | None:
        """A commit."""
        return self._filled(self.links.commit, sha=sha)

    def compare(self, a: str, b: str) -> str | None:
        """What commit `b` has that `a` has not."""
        return self._filled(self.links.compare, a=a, b=b)

    def file(self, sha: str, path: str) -> str | None:
        """A file, or a folder, at a commit; None for a path that does not lie in the repository."""
        parts = path.removeprefix("./").removesuffix("/").split("/")
        if any(part in {"", ".", ".."} for part in parts):
            return None
        return self._filled(self.links.file, sha=sha, file=_encoded(parts))

    def lines(self, sha: str, path: str, first: int, last: int | None = None) -> str | None:
        """Lines of a file at a commit, counted from 1, both included; the file, where a host has no such links."""
        whole = self.file(sha, path)
        pattern = self.links.line if last is None or last <= first else self.links.lines or self.links.line
        if whole is None or pattern is None:
            return whole
        file = _encoded(path.removeprefix("./").removesuffix("/").split("/"))
        return self._filled(pattern, sha=sha, file=file, first=first, last=last)

    def _filled(self, pattern: str | None, **values: Any) -> str | None:
        """A pattern with its values in place; what is not a path already is encoded whole."""
        if pattern is None:
            return None
        known = {name: quote(str(value), safe="/%" if name == "file" else "") for name, value in values.items()}
        known |= {"site": self.site, "path": self.path}
        return _PLACEHOLDER.sub(lambda match: known[match[1]], pattern)


@dataclass(frozen=True)
class _Remote:
    """The host and the repository that an address names."""

    name: str
    parts: tuple[str, ...]
    scheme: str = "https"
    port: int | None = None

    @cached_property
    def site(self) -> str:
        """Where its pages are. The port of ssh and git is not that of the web."""
        name = f"[{self.name}]" if ":" in self.name else self.name
        return f"{self.scheme}://{name}" + (f":{self.port}" if self.port is not None else "")


def _remote(address: str) -> _Remote | None:
    known = without_secrets(address)
    if known is None:
        return None
    if "://" in known:
        return _of_url(known)
    short = _SHORT.fullmatch(known)
    name = short and _name(short[1])
    return _Remote(name, _parts(short[2])) if short and name else None


def _of_url(address: str) -> _Remote | None:
    url = urlsplit(address)
    name = _name(url.hostname or "")
    if name is None or url.scheme not in _SHELL | _WEB.keys():
        return None
    parts = _parts(url.path, unquote=True)
    if url.scheme in _SHELL:
        return _Remote(name, parts)
    return _Remote(name, parts, url.scheme, url.port if url.port != _WEB[url.scheme] else None)


def _name(written: str) -> str | None:
    """A host's name in lower case, or its address without brackets; None for what can be neither."""
    name = written.lower()
    if name.startswith("["):  # git also takes a port inside, for want of another place
        name = re.sub(r"^\[(?:([^:\]]+):[0-9]+|([^\]]+))\]$", r"\1\2", name)
    try:
        if ":" in name:
            return str(IPv6Address(name)) if "%" not in name else None
        name = name.rstrip(".")
        name = name if name.isascii() else name.encode("idna").decode()
    except ValueError:
        return None
    return name if _NAME.fullmatch(name) else None


def _parts(path: str, *, unquote: bool = False) -> tuple[str, ...]:
    """The parts of a repository's path, percent-encoded; none where it leads anywhere else."""
    bare = path.strip("/").removesuffix(".git").rstrip("/")
    parts = [part for part in bare.split("/") if part]
    raw = [unquote_to_bytes(part) if unquote else part.encode("utf-8", "replace") for part in parts]
    if any(part in {b".", b".."} for part in raw):
        return ()
    return tuple(quote(part, safe="") for part in raw)


def _kind(names: Iterable[str]) -> HostKind | None:
    """What kind of host answers to a name, as far as the name tells."""
    for name in names:
        first, dot, _ = name.partition(".")
        if found := _KNOWN.get(name) or (_OWN.get(first) if dot else None):
            return found
        if name.endswith(".ghe.com"):
            return "github"
    return None


def _path(parts: tuple[str, ...], kind: HostKind | None) -> str:
    """The repository's path in links; empty where the address names none that such a host could have."""
    if kind is None:
        return "/".join(parts)
    if len(parts) < 2:  # noqa: PLR2004  (an owner and a name)
        return ""
    if kind != "bitbucket-server":
        return "/".join(parts)
    *above, owner, name = parts
    above = above[:-1] if above[-1:] == ["scm"] else above
    place = ["users", owner[1:]] if owner.startswith("~") else ["projects", owner]
    return "/".join([*above, *place, "repos", name])


def _merged(given: HostLinks | None, kind: HostKind | None) -> HostLinks:
    """The links of a kind of host, with those that are given in their places."""
    known = _KINDS[kind] if kind is not None else HostLinks.model_construct()
    return known if given is None else known.model_copy(update=given.model_dump(exclude_none=True))


def _encoded(parts: Iterable[str]) -> str:
    return "/".join(quote(part.encode("utf-8", "replace"), safe="") for part in parts)
