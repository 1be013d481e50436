"""The address of a remote, without what must stay secret."""

from __future__ import annotations

import re
from urllib.parse import urlsplit


def without_secrets(address: str) -> str | None:
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


def named(address: str) -> str:
    """What repository an address names, however it is reached: host and path, or what is left of it without secrets.

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
    else:
        place, colon, path = bare.partition(":")
        host = place.lower() if colon else ""
        path = path if colon else bare
    inner = path.strip("/").removesuffix(".git").rstrip("/")
    return f"{host}/{inner}" if host else path.rstrip("/").removesuffix(".git")
