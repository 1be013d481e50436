"""Rules about what should not be published: paths of somebody's machine, hosts that only some can reach, secrets."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from journal.checks.interface import Rule
from journal.document import store
from journal.document.lines import plain
from journal.errors import EntryError
from journal.model.finding import Finding, Severity
from journal.model.secrets import SECRETS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from journal.checks.interface import Scene
    from journal.model.entry import Entry

    Search = Callable[[bytes], Iterable["_Found"]]

PLANTED = "PRV004"

_MOST_TOLD = 20
"""Findings of one rule in one entry."""

# --- paths ------------------------------------------------------------------------------------------------------------

# Letters of a sentence in front of a path are no part of it where their script has no blanks.
_APART = r"(?<![A-Za-z0-9_/.:~$})\]>*-])"
_NAME = r"[^\W_][\w.@-]*"
_HOME = re.compile(
    rf"{_APART}(?:file://)?(?P<folder>(?:/mnt/[a-z])?/(?:home|Users)/(?P<name>{_NAME}))(?=/)"
    rf"|(?<![A-Za-z0-9_/\\])(?P<drive>[A-Za-z]:(?:\\\\?|/)Users(?:\\\\?|/)(?P<who>{_NAME}))(?=[\\/])"
)
_REST = re.compile(r"[^\s`'\"<>()\[\],;|*]+")
_DISK = re.compile(rf"{_APART}(?P<folder>/(?:mnt|scratch|nfs|gpfs|lustre|workspaces?|data\d)/{_NAME})(?=/{_NAME})")
_DISK_SIGN = re.compile(rb"/(?:mnt|scratch|nfs|gpfs|lustre|workspaces?|data\d)/")
# Names that machines and manuals give, and that say nothing of anybody.
_NOBODY = frozenset(
    """
    user username users you your yourname your_name your-name your-username your_username name me myname myuser
    someone somebody alice bob foo bar xxx xx x example test guest public shared root admin ubuntu debian runner
    ec2-user jovyan vscode vsts codespace app appuser node nobody docker default agent linuxbrew dev developer coder
    sandbox circleci gitpod airflow spark hadoop mambauser colab kaggle sagemaker-user runneradmin
    用户 用户名 你的用户名 你的名字 名字 ユーザー ユーザー名 사용자
    """.split()  # noqa: SIM905
)


class _Found(NamedTuple):
    """Something that should not be published: where it stands, and what to call it; a secret is called by its kind."""

    start: int
    shown: str
    whole: str = ""
    """All of a path, as far as it goes; the name of a host."""


def _path(found: re.Match[str], group: str) -> _Found:
    whole = _REST.match(found.string, found.start(group))
    return _Found(found.start(group), found[group], whole[0] if whole else found[group])


def _homes(raw: bytes) -> Iterator[_Found]:
    if b"/home/" in raw or b"Users" in raw:
        for found in _HOME.finditer(plain(raw)):
            if (found["name"] or found["who"]).casefold().rstrip(".") not in _NOBODY:
                yield _path(found, "folder" if found["folder"] else "drive")


def _disks(raw: bytes) -> Iterator[_Found]:
    if _DISK_SIGN.search(raw):
        for found in _DISK.finditer(plain(raw)):
            if not found["folder"].startswith("/mnt/c/"):
                yield _path(found, "folder")


# --- hosts ------------------------------------------------------------------------------------------------------------

_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_PRIVATE = rf"(?:10\.{_OCTET}|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.{_OCTET}(?:\.{_OCTET})?"
_INNER = r"(?:[A-Za-z0-9-]+\.)+(?:internal|local|lan|corp|intranet|localdomain)"
_HOST = re.compile(
    rf"https?://(?:[\w.-]+@)?(?P<inner>{_PRIVATE}|{_INNER})(?![\w.-])"
    rf"|\]\(\s*<?https?://(?P<own>localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]):\d{{2,5}}"
)
# Without an address around it: four octets with a port, or a name whose first part is numbered, as machines are.
# Shorter ones are versions, and `layer1.attn.local` is a module.
_ALONE = re.compile(
    r"(?<![A-Za-z0-9_.:/@-])(?:"
    rf"(?P<ip>(?:10\.{_OCTET}|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.{_OCTET}\.{_OCTET})(?=:\d{{2,5}}(?!\w|[.:]\w))"
    r"|(?P<name>[A-Za-z][A-Za-z0-9-]*\d\.(?:[A-Za-z0-9-]+\.)+(?:internal|lan|corp|intranet|localdomain))"
    r"(?![A-Za-z0-9_(/-]|\.[A-Za-z0-9]))"
)
_ALONE_SIGNS = (b"10.", b"192.168.", b"172.", b".internal", b".lan", b".corp", b".intranet", b".localdomain")
_LOGIN = re.compile(
    r"(?<![\w-])(?:ssh|scp|sftp|rsync)[ \t]+(?:-{1,2}[\w-]+(?:[ =][\w./~:-]+)?[ \t]+|[\w./*~-]+[ \t]+){0,6}"
    r"(?P<who>[A-Za-z_][\w.-]*)@(?P<host>[A-Za-z0-9][\w.-]*[A-Za-z0-9])"
)
_NO_HOST = re.compile(
    r"(?:host|hostname|server|remote|your[\w-]*|my[\w-]*|ip|machine|address|localhost|example|cluster|node\d*|login"
    r"|host\.docker\.internal|metadata\.google\.internal|(?:.*\.)?example(?:\.\w+)?|github\.com|gitlab\.com|hf\.co|bitbucket\.org"
    r"|.*\.svc\.cluster\.local)",
    re.IGNORECASE,
)


def _hosts(raw: bytes) -> Iterator[_Found]:
    if b"://" in raw:
        for found in _HOST.finditer(plain(raw)):
            host = found["inner"] or found["own"]
            if not _NO_HOST.fullmatch(host) or found["own"]:
                yield _Found(found.start("inner") if found["inner"] else found.start("own"), host, host)
    if any(sign in raw for sign in _ALONE_SIGNS):
        for found in _ALONE.finditer(plain(raw)):
            if not _NO_HOST.fullmatch(found[0]):
                yield _Found(found.start(), found[0], found[0])
    if b"@" in raw and (b"ssh" in raw or b"scp" in raw or b"rsync" in raw or b"sftp" in raw):
        for found in _LOGIN.finditer(plain(raw)):
            if found["who"] != "git" and not _NO_HOST.fullmatch(found["host"]):
                yield _Found(found.start("who"), f"{found['who']}@{found['host']}", found["host"])


# --- secrets ----------------------------------------------------------------------------------------------------------


_SEARCHED = tuple((re.compile(secret.sign.encode()), secret) for secret in SECRETS)


def _secrets(raw: bytes) -> Iterator[_Found]:
    for sign, secret in _SEARCHED:
        if sign.search(raw):
            yield from (_Found(start, secret.kind) for start in secret.planted(plain(raw)))


# --- the rules --------------------------------------------------------------------------------------------------------


def _published(rule: Rule, scene: Scene, *, search: Search, said: str, hint: str) -> Iterator[Finding]:
    """What a search finds in entries and the settings do not allow; each thing once, at its first place."""
    for entry in scene.entries:
        raw = scene.raw(entry)
        told: dict[str, list[int]] = {}
        for found in sorted(search(raw)):
            if not _is_allowed(found, scene):
                told.setdefault(found.shown, []).append(found.start)
        for shown, starts in list(told.items())[:_MOST_TOLD]:
            line, column = _place(plain(raw), starts[0])
            more = (
                f", and below {len(starts) - 1} times more"
                if starts[2:]
                else ", and below once more"
                if starts[1:]
                else ""
            )
            yield rule.finding(
                entry.path, said.format(shown) + more, place=(line, column), hint=_hint(scene, entry, rule, line, hint)
            )


def _is_allowed(found: _Found, scene: Scene) -> bool:
    """Whether the settings name what was found, or a folder above it."""
    whole = found.whole.removeprefix("file://")
    allowed = (each.rstrip("/\\") for each in scene.journal.config.settings.check.allow)
    return any(whole == each or whole.startswith((f"{each}/", f"{each}\\")) for each in allowed)


def _place(text: str, start: int) -> tuple[int, int]:
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)


def _hint(scene: Scene, entry: Entry, rule: Rule, line: int, hint: str) -> str:
    theirs = None if rule.severity is Severity.ERROR else scene.hint_if_imported(rule, entry, line)
    return hint if theirs is None else f"{theirs}, or allow it"


def _looking(search: Search, said: str, hint: str) -> Callable[[Rule, Scene], Iterator[Finding]]:
    return partial(_published, search=search, said=said, hint=hint)


_ALLOW = "or list it in the setting `allow` of `[check]`"
_REVOKE = "revoke it where it was made: whoever has the repository has it, also after you take it out here"
_LOOKS = "this looks like {}"


def _secret(rule: Rule, scene: Scene) -> Iterator[Finding]:
    """Secrets in entries, and in digests of their runs that were written before secrets were hidden there."""
    yield from _published(rule, scene, search=_secrets, said=_LOOKS, hint=_REVOKE)
    config = scene.journal.config
    for entry, brief in zip(scene.entries, scene.briefs(), strict=True):
        for path in brief.digests:
            scene.rests_on(config.root / path)
            for kind in dict.fromkeys(found.shown for found in sorted(_secrets(_bytes(config.root / path)))):
                hint = f"{_REVOKE}; `journal fill-results {entry.id}` does, where the run is"
                yield rule.finding(path, _LOOKS.format(kind), hint=hint)


def _bytes(path: Path) -> bytes:
    try:
        return store.read(path).raw
    except EntryError:
        return b""  # of what cannot be read TAB001 speaks


RULES = (
    Rule(
        "PRV001",
        Severity.WARNING,
        "a path in somebody's home folder",
        _looking(
            _homes, "{}/ is a folder of somebody's machine", f"write the path relative to the repository, {_ALLOW}"
        ),
        own=True,
    ),
    Rule(
        "PRV002",
        Severity.NOTE,
        "a path on a disk that only some machines have",
        _looking(_disks, "{}/ is a folder that only some machines have", f"say what lies there, {_ALLOW}"),
        own=True,
    ),
    Rule(
        "PRV003",
        Severity.WARNING,
        "a host that only some can reach",
        _looking(_hosts, "{} is a host that readers cannot reach, or should not know of", f"say what it is, {_ALLOW}"),
        own=True,
    ),
    Rule(PLANTED, Severity.ERROR, "a secret", _secret, own=True),
)
