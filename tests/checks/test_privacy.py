from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checked import Checked

if TYPE_CHECKING:
    from pathlib import Path

# Put together here, so that nobody who looks for secrets stops at this file.
HEX = "3f9c1e7a5b2d8046af17" + "c93be0d46582719fa3bc"
MIXED = "q7Rk2m0Vx8Zt4Lw6Ny1Pb3Dc5Fg9Hj" + "Ks2Ue4Wo6Ai"


@pytest.fixture
def shelf(tmp_path: Path) -> Checked:
    return Checked.begin(tmp_path)


def said(shelf: Checked, code: str, body: str) -> list[str]:
    """What a rule says of a text."""
    shelf.entry("2026-02-21-a", body)
    return [message.partition(" is a ")[0] for message in shelf.said(code)]


@pytest.mark.parametrize(
    ("body", "folder"),
    [
        ("see /home/mlee/logs/x.txt", "/home/mlee/"),
        ("`cd /Users/mlee/work/it`", "/Users/mlee/"),
        ("```\npython /home/mlee/train.py\n```", "/home/mlee/"),
        ("in C:\\Users\\mlee\\runs", "C:\\Users\\mlee/"),
        ("[it](file:///home/mlee/x.md)", "/home/mlee/"),
        ("/mnt/c/Users/mlee/x", "/mnt/c/Users/mlee/"),
        ("--out=/home/mlee/x", "/home/mlee/"),
        ("/home/张三/logs", "/home/张三/"),
        ("见/home/mlee/runs", "/home/mlee/"),
        ("日志在C:\\Users\\mlee\\runs", "C:\\Users\\mlee/"),
    ],
)
def test_a_path_in_somebodys_home_folder_is_found_wherever_it_stands(shelf: Checked, body: str, folder: str) -> None:
    assert said(shelf, "PRV001", body) == [folder]


@pytest.mark.parametrize(
    "body",
    [
        "/home/user/x and /Users/you/x and /home/ubuntu/x",
        "https://example.org/home/mlee/x and ~/x",
        "the page /home/ and /home/mlee",
        "$ROOT/home/mlee/x and ${X}/home/mlee/x and <root>/home/mlee/x",
        "src/home/mlee/x.py",
        "/home/$USER/x and /home/<name>/x",
        "/home/用户名/x and /home/你的用户名/x",
    ],
)
def test_addresses_placeholders_and_names_that_machines_give_are_nobodys(shelf: Checked, body: str) -> None:
    assert said(shelf, "PRV001", body) == []


def test_each_folder_is_told_once_at_its_first_place(shelf: Checked) -> None:
    shelf.entry("2026-02-21-a", "\n/home/mlee/a\n/home/mlee/b /home/kim/c\n")
    assert [(each.line, each.column, each.message) for each in shelf.found("PRV001")] == [
        (6, 1, "/home/mlee/ is a folder of somebody's machine, and below once more"),
        (7, 14, "/home/kim/ is a folder of somebody's machine"),
    ]


def test_a_disk_that_only_some_machines_have_is_a_note(shelf: Checked) -> None:
    assert said(shelf, "PRV002", "/scratch/lab7/runs/x and /mnt/tank/it/x, not /mnt/tank or https://a.org/mnt/x/y") == [
        "/scratch/lab7/",
        "/mnt/tank/",
    ]
    assert {each.severity.value for each in shelf.found("PRV002")} == {"note"}


@pytest.mark.parametrize(
    ("body", "host"),
    [
        ("open http://10.1.2.3:8080/x", "10.1.2.3"),
        ("see https://wandb.lab.internal/x", "wandb.lab.internal"),
        ("[board](http://localhost:6006/#scalars)", "localhost"),
        ("`ssh mlee@gpu7.uni.edu`", "mlee@gpu7.uni.edu"),
        ("scp -r -P 22 out/ mlee@10.0.0.7:/x", "mlee@10.0.0.7"),
        ("ssh -i ~/.ssh/key -p 2222 mlee@172.20.1.9", "mlee@172.20.1.9"),
        ("it ran on gpu01.lab.internal, alone", "gpu01.lab.internal"),
        ("在node-a17.cluster.lan上跑", "node-a17.cluster.lan"),
        ("the board is at 10.4.0.7:8080.", "10.4.0.7"),
        ("`172.20.1.9:6006`", "172.20.1.9"),
    ],
)
def test_hosts_that_readers_cannot_reach_are_found(shelf: Checked, body: str, host: str) -> None:
    assert said(shelf, "PRV003", body) == [host]


@pytest.mark.parametrize(
    "body",
    [
        "run the server, then open http://localhost:8000",
        "CUDA 10.2.89.1 and driver 192.168 and mlee@uni.edu",
        "git clone git@github.com:lab/it and `ssh git@github.com`",
        "ssh user@host and ssh you@your-server and ssh me@example.org",
        "https://8.8.8.8/x and http://svc.lab.svc.cluster.local/x",
        "self.local and torch.distributed.internal and encoder.layer1.attn.local",
        "layer1.attn.internal.weight and conv2.block.internal(x) and gpu1.internal",
        "version 10.4.0.7 and 10.4.0.7:rc1 and 1.10.4.0.7:80 and v10.4.0.7:8080 and 8.8.8.8:8080",
    ],
)
def test_what_everybody_may_know_is_no_private_host(shelf: Checked, body: str) -> None:
    assert said(shelf, "PRV003", body) == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (f"export WANDB_API_KEY={HEX}", "a W&B key"),
        (f"wandb login {HEX}", "a W&B key"),
        (f"token ghp_{MIXED[:36]}", "a GitHub token"),
        (f"hf_{MIXED[:34]}", "a Hugging Face token"),
        (f"OPENAI_API_KEY=sk-proj-{MIXED}", "an OpenAI or Anthropic key"),
        (f"AKIA{'Q7RK2M0VX8ZT4LW6'}", "an AWS key"),
        (f"postgres://mlee:{MIXED[:12]}@db.lab.org/x", "a password in an address"),
        (f"-----BEGIN OPENSSH PRIVATE KEY-----\n{MIXED}\n", "a private key"),
    ],
)
def test_a_secret_is_an_error_and_never_repeated(shelf: Checked, body: str, kind: str) -> None:
    shelf.entry("2026-02-21-a", f"x\n{body}\n")
    (found,) = shelf.found("PRV004")
    assert (found.message, found.severity.value, found.line) == (
        f"this looks like {kind}",
        "error",
        6,
    )
    assert MIXED[:12] not in str(found)
    assert HEX not in str(found)


@pytest.mark.parametrize(
    "body",
    [
        f"commit {HEX} and sha1 {HEX}",
        "export WANDB_API_KEY=your_key and WANDB_API_KEY=" + "x" * 40,
        "WANDB_API_KEY=" + "0123456789" * 4,
        "AKIAIOSFODNN7EXAMPLE and sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx1",
        "https://user:password123@host/x and https://${USER}:${TOKEN}@host/x",
        "task-scheduling-with-a-very-long-name-of-a-branch-2",
    ],
)
def test_shas_and_placeholders_are_no_secrets(shelf: Checked, body: str) -> None:
    assert said(shelf, "PRV004", body) == []


def test_what_the_settings_allow_may_be_published(tmp_path: Path) -> None:
    settings = 'sections = []\n[check]\nallow = ["/home/mlee", "/mnt/tank/open", "wandb.lab.internal"]\n'
    shelf = Checked.begin(tmp_path, settings)
    shelf.entry(
        "2026-02-21-a", "/home/mlee/x /mnt/tank/open/x https://wandb.lab.internal/x /home/mleeson/x /mnt/tank/x/y\n"
    )
    assert [*shelf.said("PRV001"), *shelf.said("PRV002"), *shelf.said("PRV003")] == [
        "/home/mleeson/ is a folder of somebody's machine",
        "/mnt/tank/ is a folder that only some machines have",
    ]


def test_of_imported_words_the_front_matter_says_why_they_may_stay(shelf: Checked) -> None:
    shelf.imported("2026-02-21-a", "/home/mlee/x\n")
    assert [each.hint for each in shelf.found("PRV001")] == [
        "it is of the imported words: say `ignore: {PRV001: WHY}` in the front matter, or allow it"
    ]
    shelf.imported("2026-02-21-a", "/home/mlee/x\n", matter="ignore: {PRV001: it is on every poster}\n")
    assert shelf.found("PRV001") == []
