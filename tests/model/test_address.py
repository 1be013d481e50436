"""The address of a remote: what of it may be published, and which repository it names."""

from __future__ import annotations

import pytest

from journal.model.address import named, public, without_secrets


@pytest.mark.parametrize(
    ("remote", "told"),
    [
        ("https://me:token@github.com/o/r.git", "https://github.com/o/r.git"),
        ("https://me:@github.com/o/r.git", "https://github.com/o/r.git"),
        ("https://token@github.com:8443/o/r.git", "https://github.com:8443/o/r.git"),
        ("https://me:p@ss@github.com/o/r.git", "https://github.com/o/r.git"),
        ("https://github.com/o/r?private_token=secret#x", "https://github.com/o/r"),
        ("https://github.com/p@ss/r.git", None),
        ("https://me:12/3@github.com/o/r.git", None),
        ("ssh://git@github.com/o/r.git", "ssh://github.com/o/r.git"),
        ("git@github.com:o/r.git", "github.com:o/r.git"),
        ("alice:secret@host.example:o/r.git", "host.example:o/r.git"),
        ("ext::sh -c secret", None),
        ("vault::https://me:token@host.example/r", None),
        ("", None),
        (None, None),
    ],
)
def test_a_remote_is_published_without_users_passwords_and_commands(remote: str | None, told: str | None) -> None:
    assert public(remote) == told


@pytest.mark.parametrize(
    "path",
    [
        "/home/alice/r.git",
        "../r.git",
        "r.git",
        "~/r",
        "C:\\Users\\alice\\r",
        "C:/r",
        "\\\\disk\\r",
        "file:///srv/r.git",
    ],
)
def test_a_folder_of_some_machine_is_compared_and_not_published(path: str) -> None:
    assert public(path) is None
    assert without_secrets(path) == path
    assert named(path)


def test_a_path_of_a_clone_names_it_whether_or_not_it_is_written_as_a_url() -> None:
    assert named("/srv/git/model.git/") == named("/srv/git/model") == named("file:///srv/git/model.git")
    assert named("/srv/git/model") != named("git.example:srv/git/model")
