"""Why nothing came from a tracker's server: from a kind of failure to one plain sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from journal.errors import SourceUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

INSTALL = "run `pip install 'experiment-journal[{extra}]'`"
SOON = "try again later"
_KEYLIKE = re.compile(r"[\w+/=.-]{24,}")
_USER = re.compile(r"//[^/\s@]*@")

_SENTENCES = {
    "no-sdk": ("{sdk} is not installed, so {host} could not be asked", INSTALL),
    "broken-sdk": ("{sdk} does not start{colon}", INSTALL),
    "not-started": ("no process could be started for {sdk}{colon}", "see whether there is room on the disk"),
    "limited": ("{host} takes no more requests for now (429)", SOON),
    "down": ("{host} is down ({detail})", SOON),
    "broken": ("{host} failed ({detail})", SOON),
    "unreachable": ("{host} could not be reached{colon}", "see whether the server runs, and your network"),
    "slow": (
        "{host} did not answer within {timeout} s",
        "raise `timeout` under [online] in the configuration, or wait: it may be taking no more requests",
    ),
    "deadline": (
        "{host} was waited for {deadline} s in all, and no longer",
        "run it again: what was fetched is kept; or raise `deadline` under [online] in the configuration",
    ),
    "crashed": ("{sdk} ended before {host} had answered", "run it again"),
    "said": ("{host} refused the request{colon}", ""),
    "closed": ("{host} is not asked any more", ""),
}
_PASSING = frozenset({"broken", "said"})


class Failure(NamedTuple):
    """A reason why nothing came.

    Attributes:
        kind: One of the names that `Wording.sentences` has.
        detail: What the sentence takes up: a version, a place, the server's own words.
    """

    kind: str
    detail: str = ""


class Refusal(Exception):  # it becomes an error on the other side
    """What kept an SDK from looking, where it does not say so itself.

    Args:
        failure: What is told of it.
    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure


@dataclass(frozen=True)
class Wording:
    """How the failures of one tracker are told.

    Attributes:
        sdk: What its SDK is called.
        extra: The extra of this package that has it installed.
        server: What is said of a server whose host is not known.
        own: A sentence and a hint by kind of failure: what only this tracker tells, or tells in its own words.
        own_passing: Those of them after which the next question may well be answered.
        more: What its sentences take up besides; takes the host.
    """

    sdk: str
    extra: str
    server: str
    own: Mapping[str, tuple[str, str]]
    own_passing: frozenset[str] = frozenset()
    more: Callable[[str | None], Mapping[str, str]] = lambda _: {}

    @property
    def sentences(self) -> dict[str, tuple[str, str]]:
        """A sentence and a hint by kind of failure."""
        return {**_SENTENCES, **self.own}

    def lasts(self, failure: Failure) -> bool:
        """Whether whatever is asked next would fail in the same way, so that it need not be asked."""
        return failure.kind not in _PASSING | self.own_passing

    def error(self, failure: Failure, host: str | None, *, timeout: float, deadline: float) -> SourceUnavailable:
        """What is said of a failure.

        Args:
            failure: Why nothing came.
            host: The server; None if it is not known.
            timeout: Seconds that one answer was waited for.
            deadline: Seconds that all answers together were waited for.
        """
        sentence, hint = self.sentences[failure.kind]
        words = {
            "sdk": self.sdk,
            "extra": self.extra,
            "host": host or self.server,
            "detail": failure.detail,
            "colon": f": {failure.detail}" if failure.detail else "",
            "timeout": f"{timeout:g}",
            "deadline": f"{deadline:g}",
            **self.more(host),
        }
        return SourceUnavailable(sentence.format(**words), hint=hint.format(**words) or None)


def scrubbed(text: str, *, longest: int = 120) -> str:
    """Somebody else's words in one short line, without anything that could be a key or a password."""
    line = _KEYLIKE.sub("…", _USER.sub("//", " ".join(text.split()))).rstrip(".")
    return line if len(line) <= longest else line[:longest].rstrip() + "…"


def plain(host: str) -> str:
    """An address for messages: without a name and password in it, and without what a terminal would obey."""
    start, slashes, rest = host.partition("://")
    server, slash, path = rest.partition("/")
    return "".join(filter(str.isprintable, start + slashes + server.rpartition("@")[2] + slash + path))
