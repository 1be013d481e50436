"""What went wrong between the SDK and the server: from what the SDK says of it to one plain sentence."""

from __future__ import annotations

import json
import os
import re
import shlex
from typing import TYPE_CHECKING, Any

from journal.sources.sdk_child.failures import INSTALL, SOON, Failure, Wording, scrubbed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

OLDEST = (0, 31)
"""The first release of the SDK that can be used."""

_STATUS = re.compile(r"(?:returned error|HTTP) (\d{3})\b")
_MESSAGE = re.compile(r'"message":\s*("(?:[^"\\]|\\.)*")')
_EXPORT = re.compile(r"^GET |reader for file|[Pp]arquet (?:file|error)")
_EXPORT_STATUS = re.compile(r"status:? (\d{3})\b")
_LOGIN = "run `{login}`"
_RIGHTS = "ask its owner, or run `{login}` with the key of someone who may see it"
_OWN = {
    "old-sdk": (f"W&B's SDK {{detail}} is too old to ask a server; {OLDEST[0]}.{OLDEST[1]} is needed", INSTALL),
    "address": ("{host} is not the address of a W&B server{colon}", "correct the host in the configuration"),
    "no-key": ("no API key is set up for {host}", _LOGIN),
    "no-own-key": (
        "{host} is not the server of your own W&B settings, and netrc has no key for it",
        "if you trust that server, run `{login}`",
    ),
    "in-clear": (
        "{host} is not the server of your own W&B settings, and what goes to it over http can be read on the way",
        "write its address with https://, or set WANDB_BASE_URL to just this address if it is your own",
    ),
    "bad-key": ("the API key for {host} cannot be one{colon}", _LOGIN),
    "refused": ("{host} does not accept your API key (401)", _LOGIN),
    "refused-set": (
        "{host} does not accept the API key in WANDB_API_KEY (401)",
        "correct it, or unset it and run `{login}`: it is taken before any other",
    ),
    "forbidden": ("{host} does not let you see that (403)", _RIGHTS),
    "no-project": ("{host} has no project {detail}, or does not show it to you", _RIGHTS),
    "no-run": ("{host} has no run {detail}, or does not show it to you", _RIGHTS),
    "absent": ("{host} answers 404: it is no W&B server, or an old one", "correct the host in the configuration"),
    "unknown-host": ("{host} could not be reached: no such host", "correct the host in the configuration"),
    "certificate": ("{host} could not be reached safely{colon}", "see whether its address and certificate are right"),
    "cut": ("{host} broke off in the middle of an answer", SOON),
    "too-many": ("{host} has more than {detail} runs that answer to that", "name runs by their ids"),
    "garbled": ("{host} answered with something that is no W&B answer", "correct the host in the configuration"),
    "export": ("the exported part of a history could not be had from {host}{colon}", SOON),
}  # fmt: skip
_OWN_PASSING = frozenset({"forbidden", "no-project", "no-run", "too-many", "cut", "garbled", "export"})


def _login(host: str | None) -> dict[str, str]:
    # Without --relogin it takes a key that is set up already, and sends it there, whosesoever server that is.
    return {"login": f"wandb login --relogin --host={shlex.quote(host)}" if host else "wandb login --relogin"}


WORDING = Wording("W&B's SDK", "wandb", "the W&B server", _OWN, _OWN_PASSING, _login)
"""How failures of W&B are told."""

_TOLD_BY_TEXT = (
    ("slow", ("did not respond in time", "Client.Timeout", "deadline exceeded", "i/o timeout")),
    ("crashed", ("service process is not running", "Connection lost", "Broken pipe")),  # the SDK lost its own service
    ("unknown-host", ("no such host", "lookup ")),
    ("certificate", ("x509:", "tls:", "certificate", "HTTP response to HTTPS")),
    ("unreachable", ("connection refused", "unreachable", "no route", "proxyconnect")),
    ("cut", ("EOF", "connection reset", "broken pipe", "unexpected end of JSON")),
    ("garbled", ("json:", "invalid character", "cannot unmarshal")),
)
_TOLD_BY_STATUS = {
    401: "refused",
    403: "forbidden",
    404: "absent",
    429: "limited",
    **dict.fromkeys((502, 503, 504), "down"),
    **dict.fromkeys((500, 501, *range(505, 600)), "broken"),
}


def failure_of(error: Exception) -> Failure:
    """What an exception tells, however deep the SDK has wrapped it."""
    made_from = list(chain(error))
    statuses = [getattr(getattr(each, "response", None), "http_status", None) for each in made_from]
    failure = classified(
        [type(each).__name__ for each in made_from],
        next((text for each in reversed(made_from) if (text := str(each).strip())), ""),
        next((status for status in statuses if status), None),
    )
    return Failure("refused-set") if failure.kind == "refused" and os.environ.get("WANDB_API_KEY") else failure


def chain(error: BaseException) -> Iterator[BaseException]:
    """An exception and all that it was made from."""
    seen: list[BaseException] = []
    waiting: list[Any] = [error]
    while waiting:
        each = waiting.pop(0)
        if isinstance(each, BaseException) and not any(each is other for other in seen):
            seen.append(each)
            waiting += [each.__cause__, getattr(each, "exc", None)]
    yield from seen


def classified(names: Iterable[str], text: str, status: int | None) -> Failure:
    """What an exception of the SDK means.

    Args:
        names: Names of its class and of those of what caused it.
        text: What the innermost of them says.
        status: The HTTP status that the SDK gives with it, if any.
    """
    if _EXPORT.search(text):
        return Failure("export", _reason_of_export(text))
    if status is None and (found := _STATUS.search(text)):
        status = int(found[1])
    if status in _TOLD_BY_STATUS:
        return Failure(_TOLD_BY_STATUS[status], str(status))
    if status is not None or text.startswith("input:"):  # the server did answer
        return Failure("said", scrubbed(_message(text)))
    kind = _told_by_name(set(names)) or _told_by_text(text)
    if kind in {"certificate", "unreachable"}:
        return Failure(kind, _reason(text))
    return Failure(kind, scrubbed(text) if kind in {"bad-key", "said"} else "")


def _told_by_name(named: set[str]) -> str | None:
    if named & {"MailboxClosedError", "HandleAbandonedError", "ServicePollForTokenError"}:
        return "crashed"
    if named == {"AuthenticationError"}:  # the SDK did not even ask the server
        return "bad-key"
    return "no-key" if "UsageError" in named else None


def _told_by_text(text: str) -> str:
    return next((kind for kind, parts in _TOLD_BY_TEXT if any(part in text for part in parts)), "said")


def _message(text: str) -> str:
    """The message of a GraphQL error, whether the SDK has taken it out of the answer or not."""
    found = _MESSAGE.search(text)
    return str(json.loads(found[1])) if found else text.removeprefix("input:")


def _reason_of_export(text: str) -> str:
    """Why a file of rows, which lies on some other server, could not be read."""
    if found := _EXPORT_STATUS.search(text):
        return f"HTTP {found[1]}"
    return "it is no parquet file" if "Invalid Parquet" in text else "the connection broke"


def _reason(text: str) -> str:
    """The innermost cause, which Go writes last: `... dial tcp 127.0.0.1:9: connect: connection refused`."""
    line = text.splitlines()[0]
    return scrubbed(line.rpartition(" tls: ")[2] if " tls: " in line else line.rpartition(": ")[2])
