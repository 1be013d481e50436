"""One list of what secrets look like: what is reported in an entry is hidden in a table."""

from __future__ import annotations

import json

import pytest

from journal.changes.values import differences
from journal.model.secrets import SECRETS, hidden

# Put together here, so that nobody who looks for secrets stops at this file; all of them are invented.
HEX = "3f9c1e7a5b2d8046af17" + "c93be0d46582719fa3bc"
MIXED = "q7Rk2m0Vx8Zt4Lw6Ny1Pb3Dc5Fg9Hj" + "Ks2Ue4Wo6Ai8Xz1"
KEY = f"-----BEGIN OPENSSH PRIVATE KEY-----\n{MIXED}\n{MIXED[::-1]}\n-----END OPENSSH PRIVATE KEY-----"
LOCKED = f"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0A\n\n{MIXED}\n{MIXED[::-1]}"
PLANTED = {
    "a W&B key by its variable": f"WANDB_API_KEY={HEX}",
    "a W&B key at a login": f"wandb login {HEX}",
    "a W&B key": f"wandb_v1_{MIXED}",
    "an AWS key": "AKIA" + "Q7RK2M0VX8ZT4LW6",
    "a passing AWS key": "ASIA" + "Q7RK2M0VX8ZT4LW6",
    "a GitHub token": f"ghp_{MIXED[:36]}",
    "a GitHub token of today": f"github_pat_{MIXED}",
    "a Hugging Face token": f"hf_{MIXED[:34]}",
    "a GitLab token": f"glpat-{MIXED[:20]}",
    "an OpenAI key": f"sk-proj-{MIXED}",
    "a Slack token": f"xoxb-{MIXED[:24]}",
    "a Google key": "AIza" + MIXED[:35],
    "a Google key with a sign at its end": "AIza" + MIXED[:34] + "-",
    "a private key": KEY,
    "a private key with a password": LOCKED,
    "a password in an address": f"postgres://mlee:{MIXED[:12]}@db.lab.example/x",
    "a password without a user": f"redis://:{MIXED[:12]}@db.lab.example/x",
}


def reported(text: str) -> list[str]:
    return [secret.kind for secret in SECRETS for _ in secret.planted(text)]


@pytest.mark.parametrize("text", PLANTED.values(), ids=PLANTED.keys())
def test_what_is_reported_is_hidden_by_its_form_alone(text: str) -> None:
    assert len(reported(f"x={text}")) == 1
    left = hidden(f"x={text} y", "(hidden)")
    assert "(hidden)" in left
    assert not any(part in left for part in (HEX, MIXED[:12], MIXED[::-1][:12], "Q7RK2M0VX8ZT4LW6"))
    assert reported(left) == []


@pytest.mark.parametrize("text", PLANTED.values(), ids=PLANTED.keys())
def test_no_secret_of_a_config_gets_into_what_is_shown_of_it(text: str) -> None:
    (found,) = differences({"note": f"see {text}"}, {})
    assert found.before is not None
    assert "(hidden)" in found.before
    assert not any(part in found.before for part in (HEX, MIXED[:12], MIXED[::-1][:12], "Q7RK2M0VX8ZT4LW6"))


def test_a_private_key_is_hidden_as_json_spells_it() -> None:
    assert reported(json.dumps(KEY)) == ["a private key"]
    assert hidden(json.dumps({"key": KEY, "b": 1}), "…") == '{"key": "…", "b": 1}'


@pytest.mark.parametrize("text", ["hf_" + "abcde" * 6, f"sk-learn-{'pipeline' * 2}-2", "https://me:pass@host/x"])
def test_what_may_be_a_secret_is_hidden_and_not_reported(text: str) -> None:
    assert reported(text) == []
    assert hidden(text, "") != text


@pytest.mark.parametrize("text", ["", "lr=1e-4", f"commit {HEX}", "task-scheduling-with-a-very-long-name", "a@b.org"])
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert hidden(text, "(hidden)") == text
    assert reported(text) == []
