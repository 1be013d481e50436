from __future__ import annotations

from pathlib import Path

import pytest

from journal.sources.wandb_api.surroundings import environment, is_encrypted, own_host, trusts

GIVEN = {
    "HOME": "/home/me",
    "HTTPS_PROXY": "http://proxy:1",
    "NETRC": "~/my-netrc",
    "WANDB_API_KEY": "secret",
    "WANDB_BASE_URL": "https://mine",
    "WANDB_ENTITY": "me",
    "WANDB_IDENTITY_TOKEN_FILE": "token",
    "WANDB_MODE": "offline",
    "WANDB_SERVICE": "3-4-unix-x",
    "WANDB_X_EXTRA_HTTP_HEADERS": '{"Authorization": "secret"}',
    "WANDB_X_GRAPHQL_RETRY_MAX": "99",
}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WANDB_BASE_URL", "WANDB_CONFIG_DIR"):
        monkeypatch.delenv(name, raising=False)


def test_the_users_own_server_gets_what_the_user_set(tmp_path: Path) -> None:
    made = environment(GIVEN, tmp_path, trusted=True, timeout=60)
    kept = ("HOME", "HTTPS_PROXY", "WANDB_API_KEY", "WANDB_BASE_URL", "WANDB_ENTITY", "WANDB_X_EXTRA_HTTP_HEADERS")
    assert {name: made[name] for name in kept} == {name: GIVEN[name] for name in kept}
    assert made["NETRC"] == str(Path("~/my-netrc").expanduser())
    assert made["WANDB_IDENTITY_TOKEN_FILE"] == str(Path.cwd() / "token")
    assert not {"WANDB_MODE", "WANDB_SERVICE"} & set(made)


def test_no_other_server_gets_anything_that_was_set_for_the_sdk(tmp_path: Path) -> None:
    made = environment(GIVEN, tmp_path, trusted=False, timeout=60)
    assert "secret" not in "".join(made.values())
    assert not {"WANDB_BASE_URL", "WANDB_ENTITY", "WANDB_IDENTITY_TOKEN_FILE"} & set(made)
    assert Path(made["WANDB_CONFIG_DIR"]).parent == tmp_path
    assert (made["HOME"], made["HTTPS_PROXY"]) == ("/home/me", "http://proxy:1")


@pytest.mark.parametrize(
    ("timeout", "retries", "longest"), [(0.5, "1", "1"), (8, "2", "8"), (60, "3", "60"), (float(10**9), "3", "1000000")]
)
def test_the_sdk_tries_no_longer_than_is_waited(tmp_path: Path, timeout: float, retries: str, longest: str) -> None:
    made = environment(GIVEN, tmp_path, trusted=True, timeout=timeout)
    for part in ("GRAPHQL", "FILE_TRANSFER"):
        assert made[f"WANDB_X_{part}_RETRY_MAX"] == retries
        assert made[f"WANDB_X_{part}_TIMEOUT_SECONDS"] == longest


def test_only_https_keeps_what_is_sent_from_others() -> None:
    assert is_encrypted("https://box")
    assert is_encrypted("HTTPS://box")
    assert not any(map(is_encrypted, ("http://box", "box", "ftp://https://box")))


def test_the_own_host_is_that_of_the_environment_or_of_the_users_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    assert own_host() is None
    settings = Path("~/.config/wandb/settings").expanduser()
    settings.parent.mkdir(parents=True)
    settings.write_text("[default]\nbase_url = https://of-file/\nother = 50%\n")
    assert own_host() == "https://of-file"
    monkeypatch.setenv("WANDB_BASE_URL", "https://of-environment/")
    assert own_host() == "https://of-environment"


def test_settings_in_the_folder_one_works_in_are_not_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "wandb").mkdir()
    (tmp_path / "wandb" / "settings").write_text("[default]\nbase_url = https://stranger\n")
    monkeypatch.chdir(tmp_path)
    assert own_host() is None


def test_settings_that_cannot_be_read_name_no_host() -> None:
    settings = Path("~/.config/wandb/settings").expanduser()
    settings.parent.mkdir(parents=True)
    settings.write_bytes(b"\xff no section")
    assert own_host() is None


@pytest.mark.parametrize(
    ("own", "host", "trusted"),
    [
        (None, None, True),
        (None, "https://api.wandb.ai", True),
        (None, "https://api.forge.coreweave.com/", True),
        (None, "https://api.wandb.ai.evil", False),
        (None, "http://api.wandb.ai", False),
        ("https://mine", "https://mine/", True),
        ("https://mine", "https://mine:8080", False),
        ("https://mine", "https://api.wandb.ai", False),
        ("https://api.wandb.ai", "https://api.forge.coreweave.com", True),
    ],
)
def test_only_the_users_own_server_is_trusted(
    monkeypatch: pytest.MonkeyPatch, own: str | None, host: str | None, trusted: bool
) -> None:
    if own is not None:
        monkeypatch.setenv("WANDB_BASE_URL", own)
    assert trusts(host) is trusted
