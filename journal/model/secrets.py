"""What keys, tokens and passwords look like: one list for what tables hide and for what is reported in entries.

Whatever is reported is hidden too: for hiding the form is enough, for reporting a value must also be as long as real
ones and look drawn by lot.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_DISTINCT = 8
_NO_SECRET = re.compile(
    r"example|placeholder|your|xxxx|password|passwd|secret|changeme|token|0123456789|\.\.\.", re.IGNORECASE
)
_START = r"(?<![A-Za-z0-9])"
_SPACE = r"(?:\s|\\[nrt])"  # also as JSON spells the ends of lines


class Secret(NamedTuple):
    """A kind of secret.

    Attributes:
        kind: What to call it.
        sign: What every text has that holds one; it begins with a letter or sign, so that most texts are searched in a
            microsecond.
        form: What it looks like: the group `V` is the value, the group `H` what to hide where that is more.
        sure: What a value is that is surely one.
    """

    kind: str
    sign: str
    form: re.Pattern[str]
    sure: re.Pattern[str]

    def planted(self, text: str) -> Iterator[int]:
        """Where in a text there surely are secrets of this kind."""
        for found in self.form.finditer(text):
            if self.sure.fullmatch(found["V"]) and _is_drawn(found["V"]):
                yield found.start("V")


def _secret(kind: str, sign: str, form: str, sure: str) -> Secret:
    return Secret(kind, sign, re.compile(form), re.compile(sure, re.DOTALL))


SECRETS = (
    _secret("a W&B key", "WANDB_API_KEY", r"WANDB_API_KEY\W{1,4}(?P<V>[0-9a-f]{40})(?![0-9A-Za-z])", ".*"),
    _secret(
        "a W&B key",
        r"login\W",
        r"(?<![A-Za-z0-9])wandb[ _.]login\W{1,8}(?:(?:--relogin|key)\W{1,3})?(?P<V>[0-9a-f]{40})(?![0-9A-Za-z])",
        ".*",
    ),
    _secret("a W&B key", r"wandb_v\d", _START + r"(?P<V>wandb_v\d_\w{20,})", ".{39,}"),
    _secret("an AWS key", "A[KS]IA[0-9A-Z]", _START + r"(?P<V>A[KS]IA[0-9A-Z]{16,})", ".{20}"),
    _secret("a GitHub token", "gh[pousr]_[A-Za-z0-9]{20}", _START + r"(?P<V>gh[pousr]_[A-Za-z0-9]{20,})", ".{40,}"),
    _secret("a GitHub token", "github_pat_", _START + r"(?P<V>github_pat_\w{20,})", ".{51,}"),
    _secret("a Hugging Face token", "hf_[A-Za-z0-9]{20}", _START + r"(?P<V>hf_[A-Za-z0-9]{20,})", ".{33,}"),
    _secret("a GitLab token", "glpat-", _START + r"(?P<V>glpat-[\w-]{16,})", ".{26,}"),
    _secret("an OpenAI or Anthropic key", r"sk-[\w-]{20}", _START + r"(?P<V>sk-[A-Za-z0-9_-]{20,})", ".{35,}"),
    _secret("a Slack token", "xox[abprs]-", _START + r"(?P<V>xox[abprs]-[\w-]{10,})", ".{25,}"),
    _secret("a Google key", r"AIza[\w-]{20}", _START + r"(?P<V>AIza[0-9A-Za-z_-]{30,})", ".{39}"),
    _secret(
        "a private key",
        "-----BEGIN",
        rf"(?P<H>(?P<V>-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?:{_SPACE}+(?:Proc-Type|DEK-Info):[^\n\\]{{1,80}})*"
        rf"{_SPACE}+[A-Za-z0-9+/=]{{30,}})(?s:.*?(?:-----END[A-Z ]{{1,60}}-----|\Z)))",
        ".*",
    ),
    _secret(
        "a password in an address",
        r"://[^\s/@]+@",
        r"://(?P<H>[^/\s:@]{0,200}:(?P<V>[^/\s@]{1,200}))@",
        r"[^:'\"<>{}$*]{6,64}",
    ),
)
# `token` alone is as often a sign of a text as a key to a door, so it needs a word before it.
_SECRET_KEY = re.compile(
    r"(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))(?i:api_?key|secret(?:_?key)?|access_?key|private_?key|passw(?:or)?d"
    r"|passphrase|credentials?|wandb[_.]login|wandb_?key|(?:access|api|auth|bearer|bot|github|gitlab|hf|hub|huggingface|refresh|wandb)_?token)"
    r"\"?(?:\[\d+\])*$"
)
_ANY = re.compile("|".join(secret.sign for secret in SECRETS))


def hidden(text: str, instead: str) -> str:
    """A text with something else instead of everything in it that looks like a secret."""
    if not _ANY.search(text):
        return text
    for secret in SECRETS:
        group = "H" if "H" in secret.form.groupindex else "V"
        for found in reversed(list(secret.form.finditer(text))):
            text = text[: found.start(group)] + instead + text[found.end(group) :]
    return text


def is_secret_key(key: str) -> bool:
    """Whether what stands under a key should stay secret, whatever it looks like: `trainer.hf_token`, `API-KEY`."""
    return _SECRET_KEY.search(key.replace("-", "_")) is not None


def _is_drawn(value: str) -> bool:
    """Whether a value looks drawn by lot, and is not one that a manual writes."""
    is_mixed = re.search(r"\d", value) is not None and re.search(r"[A-Za-z]", value) is not None
    return is_mixed and len(set(value)) >= _DISTINCT and _NO_SECRET.search(value) is None
