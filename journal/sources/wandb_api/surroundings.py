"""What the process that holds the SDK is given: its environment, and whose server a key may go to."""

from __future__ import annotations

import configparser
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CLOUD = frozenset({"https://api.forge.coreweave.com", "https://api.wandb.ai"})
"""Addresses of W&B's own servers: which of them the SDK asks by default depends on its version."""

_PREFIX = "WANDB_"
_PATHS = ("NETRC", "WANDB_CONFIG_DIR", "WANDB_CREDENTIALS_FILE", "WANDB_IDENTITY_TOKEN_FILE")
_DROPPED = frozenset({
    "WANDB_SERVICE",  # a service of somebody else, set where the journal is called within a run
    "WANDB_MODE",
    "WANDB_DISABLED",
    "WANDB_DEBUG",
    "WANDB_CORE_DEBUG",
    "WANDB_HTTP_TIMEOUT",
})  # fmt: skip
_NEVER = 10**6  # seconds
_RETRIES = ((3, 20), (2, 8), (1, 0))
"""How often a question is asked again, by the seconds that its answer may take: with 7, 3 and 1 s of waiting."""


def own_host() -> str | None:
    """Address of the server that the user's own settings name; None if they leave it to the SDK.

    `./wandb/settings` is not among them: it may be a stranger's.
    """
    named = os.environ.get("WANDB_BASE_URL") or _in_settings_file("base_url")
    return named.strip().rstrip("/") if named else None


def trusts(host: str | None) -> bool:
    """Whether a host is the one that the user's own settings name, so that every key of theirs may go there."""
    if host is None:
        return True
    host, own = host.rstrip("/"), own_host()
    return host == own or (host in CLOUD and (own is None or own in CLOUD))


def is_encrypted(host: str) -> bool:
    """Whether nobody between here and a server can read what is sent to it."""
    return host.lower().startswith("https://")


def _in_settings_file(name: str) -> str | None:
    folder = os.environ.get("WANDB_CONFIG_DIR") or "~/.config/wandb"
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read(Path(folder).expanduser() / "settings", encoding="utf-8")
        return parser.get("default", name, fallback=None)
    except (OSError, ValueError, configparser.Error):
        return None


def environment(given: Mapping[str, str], folder: Path, *, trusted: bool, timeout: float) -> dict[str, str]:
    """Environment of the process that holds the SDK.

    Args:
        given: The environment of this process.
        folder: A fresh folder, for all that the SDK writes.
        trusted: Whether the server is the user's own. If not, nothing of what is set for the SDK gets through: neither
            a key nor headers that hold one.
        timeout: Seconds that one answer is waited for.
    """
    kept = {name: value for name, value in given.items() if not name.startswith(_PREFIX) or (trusted and _stays(name))}
    for name in _PATHS:  # the process runs in another folder
        if kept.get(name):
            kept[name] = str(Path(kept[name]).expanduser().absolute())
    if not trusted:
        kept["WANDB_CONFIG_DIR"] = str(folder / "no-settings")
    return {**kept, **_quiet(folder), **_bounds(timeout)}


def _stays(name: str) -> bool:
    return name not in _DROPPED and not name.startswith(("WANDB_X_GRAPHQL_", "WANDB_X_FILE_"))


def _quiet(folder: Path) -> dict[str, str]:
    """The SDK prints nothing, reports nothing, and writes into `folder`."""
    places = ("TMPDIR", "WANDB_DIR", "WANDB_CACHE_DIR", "WANDB_DATA_DIR", "WANDB_ARTIFACT_DIR")
    return {
        **dict.fromkeys(places, str(folder)),
        "WANDB_SILENT": "true",
        "WANDB_CONSOLE": "off",
        "WANDB_ERROR_REPORTING": "false",
    }


def _bounds(timeout: float) -> dict[str, str]:
    """How long the SDK tries.

    Whole seconds, and 0 means its own default: 20 retries with up to a minute between them. So one retry after a second
    is the least. A single try may take all the time there is: asking a slow server again would make it slower.
    """
    retries = next(count for count, waits in _RETRIES if timeout >= waits)
    longest = str(min(max(1, math.ceil(timeout)), _NEVER))
    names = {"RETRY_MAX": str(retries), "RETRY_WAIT_MIN_SECONDS": "1", "RETRY_WAIT_MAX_SECONDS": "4"}
    both = {f"WANDB_X_{part}_{name}": value for part in ("GRAPHQL", "FILE_TRANSFER") for name, value in names.items()}
    return {**both, **{f"WANDB_X_{part}_TIMEOUT_SECONDS": longest for part in ("GRAPHQL", "FILE_TRANSFER")}}
