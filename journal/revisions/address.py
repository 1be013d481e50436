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
