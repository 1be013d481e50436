"""Rules about what should not be published: paths of somebody's machine, hosts that only some can reach, secrets."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from journal.checks.interface import Rule
from journal.document import original
from journal.document.lines import plain
from journal.model.finding import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from journal.checks.interface import Scene
    from journal.model.entry import Entry

    Search = Callable[[bytes], Iterable["_Found"]]

_MOST_TOLD = 20
"""Findings of one rule in one entry."""

# --- paths ------------------------------------------------------------------------------------------------------------

_NAME = r"[A-Za-z0-9][\w.@-]*"
_HOME = re.compile(
    rf"(?<![\w/.:~$}})\]>*-])(?:file://)?(?P<folder>(?:/mnt/[a-z])?/(?:home|Users)/(?P<name>{_NAME}))(?=/)"
    rf"|(?<![\w/\\])(?P<drive>[A-Za-z]:(?:\\\\?|/)Users(?:\\\\?|/)(?P<who>{_NAME}))(?=[\\/])"
)
_REST = re.compile(r"[^\s`'\"<>()\[\],;|*]+")
_DISK = re.compile(
    rf"(?<![\w/.:~$}})\]>*-])(?P<folder>/(?:mnt|scratch|nfs|gpfs|lustre|workspaces?|data\d)/{_NAME})(?=/{_NAME})"
)
_DISK_SIGN = re.compile(rb"/(?:mnt|scratch|nfs|gpfs|lustre|workspaces?|data\d)/")
# Names that machines and manuals give, and that say nothing of anybody.
_NOBODY = frozenset(
    """
    user username users you your yourname your_name your-name your-username your_username name me myname myuser
    someone somebody alice bob foo bar xxx xx x example test guest public shared root admin ubuntu debian runner
    ec2-user jovyan vscode vsts codespace app appuser node nobody docker default agent linuxbrew dev developer coder
    sandbox circleci gitpod airflow spark hadoop mambauser colab kaggle sagemaker-user runneradmin
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
    if b"@" in raw and (b"ssh" in raw or b"scp" in raw or b"rsync" in raw or b"sftp" in raw):
        for found in _LOGIN.finditer(plain(raw)):
            if found["who"] != "git" and not _NO_HOST.fullmatch(found["host"]):
                yield _Found(found.start("who"), f"{found['who']}@{found['host']}", found["host"])


# --- secrets ----------------------------------------------------------------------------------------------------------


class _Secret(NamedTuple):
    """A kind of secret: what to call it, what every text has that holds one, and its form."""

    kind: str
    sign: bytes
    """A regular expression that begins with a letter or sign, so that most texts are searched in a microsecond."""
    form: str


_SECRETS = (
    _Secret(
        "a W&B key",
        rb"WANDB_API_KEY",
        r"WANDB_API_KEY\W{1,4}(?P<V>[0-9a-f]{40})\b",
    ),
    _Secret(
        "a W&B key",
        rb"login\W",
        r"\bwandb[ _.]login\W{1,8}(?:(?:--relogin|key)\W{1,3})?(?P<V>[0-9a-f]{40})\b",
    ),
    _Secret("a W&B key", rb"wandb_v\d", r"\b(?P<V>wandb_v\d_\w{30,})"),
    _Secret("an AWS key", rb"A[KS]IA[0-9A-Z]", r"\b(?P<V>A[KS]IA[0-9A-Z]{16})\b"),
    _Secret("a GitHub token", rb"_[A-Za-z0-9]{20}", r"\b(?P<V>gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{40,})"),
    _Secret("a Hugging Face token", rb"hf_[A-Za-z0-9]{20}", r"\b(?P<V>hf_[A-Za-z0-9]{30,})\b"),
    _Secret("a GitLab token", rb"glpat-", r"\b(?P<V>glpat-[\w-]{20,})"),
    _Secret(
        "an OpenAI or Anthropic key",
        rb"sk-[\w-]{20}",
        r"\b(?P<V>sk-(?:proj-|ant-|svcacct-|or-v1-)?[A-Za-z0-9_-]{32,})",
    ),
    _Secret("a Slack token", rb"xox[abprs]-", r"\b(?P<V>xox[abprs]-[0-9A-Za-z-]{20,})"),
    _Secret("a Google key", rb"AIza[\w-]{20}", r"\b(?P<V>AIza[0-9A-Za-z_-]{35})\b"),
    _Secret("a private key", rb"-----BEGIN", r"(?P<V>-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{30,})"),
    _Secret(
        "a password in an address",
        rb"://[^\s/@]+@",
        r"://[^\s/:@'\"<>{}$]{1,64}:(?P<V>[^\s/:@'\"<>{}$*]{6,64})@[\w.-]+",
    ),
)
_SEARCHED = tuple((re.compile(secret.sign), secret.kind, re.compile(secret.form)) for secret in _SECRETS)
_DISTINCT = 8
_NO_SECRET = re.compile(
    r"example|placeholder|your|xxxx|password|passwd|secret|changeme|token|0123456789|\.\.\.", re.IGNORECASE
)


def _secrets(raw: bytes) -> Iterator[_Found]:
    for sign, kind, form in _SEARCHED:
        if sign.search(raw):
            for found in form.finditer(plain(raw)):
                if _is_secret(found["V"]):
                    yield _Found(found.start("V"), kind)


def _is_secret(value: str) -> bool:
    """Whether a value looks drawn by lot, and is not one that a manual writes."""
    is_mixed = re.search(r"\d", value) is not None and re.search(r"[A-Za-z]", value) is not None
    return is_mixed and len(set(value)) >= _DISTINCT and _NO_SECRET.search(value) is None


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
    if rule.severity is Severity.ERROR or not original.holds(scene.raw(entry), entry.front_matter, line):
        return hint
    return f"it is of the imported words: say `ignore: {{{rule.code}: WHY}}` in the front matter, or allow it"


def _looking(search: Search, said: str, hint: str) -> Callable[[Rule, Scene], Iterator[Finding]]:
    return partial(_published, search=search, said=said, hint=hint)


_ALLOW = "or list it in the setting `allow` of `[check]`"
_REVOKE = "revoke it where it was made: whoever has the repository has it, also after you take it out here"

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
    Rule("PRV004", Severity.ERROR, "a secret", _looking(_secrets, "this looks like {}", _REVOKE), own=True),
)
