"""The address of a git remote: what of it may be published, and which repository it names."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_COMMAND = re.compile(r"[A-Za-z0-9+.-]*::")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


def public(address: str | None) -> str | None:
    """The address of a remote as others may read it: neither a secret nor a folder of somebody's machine.

    Examples:
        >>> public("https://ada:secret@git.lab.example/lab/model.git?token=secret")
        'https://git.lab.example/lab/model.git'
        >>> public("/home/ada/model.git") is public("ext::sh -c model") is None
        True
    """
    bare = without_secrets(address) if address is not None else None
    return None if bare is None or _is_local(bare) else bare


def without_secrets(address: str) -> str | None:
    """The address of a remote, reduced to what names the repository: for comparing, not for publishing.

    No user, password, query or fragment is left; None where a secret may hide in what would be. A path on this machine
    stays, for by it clones are told apart; `public` leaves it out too.
    """
    if _COMMAND.match(address):  # a remote helper: the rest is a command line or anything else
        return None
    if "://" in address:
        return _url_without_secrets(address)
    place, slash, path = address.partition("/")
    if _is_local(address):
        return address or None
    place = place.rpartition("@")[2]
    return place + slash + path if ":" in place and "@" not in path else None


def _is_local(address: str) -> bool:
    """Whether an address is a path on some machine: git takes for one what has no colon before its first slash."""
    if "://" in address:
        return address.lower().startswith("file:")
    return ":" not in address.partition("/")[0] or _DRIVE.match(address) is not None


def _url_without_secrets(address: str) -> str | None:
    try:
        url = urlsplit(address)
        _ = url.port  # what follows the colon may be half a password
    except ValueError:
        return None
    if "@" in url.path + url.query + url.fragment:  # half a password, when the password holds a / ? or #
        return None
    return url._replace(netloc=url.netloc.rpartition("@")[2], query="", fragment="").geturl()


def named(address: str) -> str:
    """What repository an address names, however it is reached: host and path, or what is left of it without secrets.

    A path on this machine names itself, so that clones and commits may be known by it.

    Examples:
        >>> named("https://ada:secret@GitHub.com/lab/model.git") == named("git@github.com:lab/model")
        True
        >>> named("ssh://git@git.lab.example:2222/lab/model.git")
        'git.lab.example/lab/model'
    """
    bare = without_secrets(address) or ""
    if "://" in bare:
        url = urlsplit(bare)
        host, path = url.hostname or "", url.path
    elif _is_local(bare):
        host, path = "", bare
    else:
        host, _, path = bare.partition(":")
        host = host.lower()
    inner = path.strip("/").removesuffix(".git").rstrip("/")
    return f"{host}/{inner}" if host else path.rstrip("/").removesuffix(".git")
