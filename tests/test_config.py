from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from journal.config import CONFIG_NAME, DEFAULT_SECTIONS, MIN_DIGEST, Config, Settings, find, is_entry, load
from journal.errors import ConfigError, NotWritable

if TYPE_CHECKING:
    from pathlib import Path

OWN = CONFIG_NAME
PROJECT = "pyproject.toml"


def written(folder: Path, name: str, text: str | bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def loaded(folder: Path) -> Config:
    config = load(folder)
    assert config is not None
    return config


def refused(folder: Path, name: str, text: str | bytes) -> ConfigError:
    path = written(folder, name, text)
    with pytest.raises(ConfigError) as error:
        load(folder)
    assert error.value.path == path
    return error.value


def test_an_empty_file_makes_a_journal_with_every_default(tmp_path: Path) -> None:
    path = written(tmp_path, OWN, "")
    config = loaded(tmp_path)
    assert (config.root, config.source, config.settings) == (tmp_path, path, Settings())
    assert (config.entries, config.evidence, config.templates) == (
        tmp_path / "entries",
        tmp_path / "evidence",
        tmp_path / "templates",
    )
    assert (config.runs, config.derived) == ((tmp_path / "wandb",), tmp_path / ".journal")
    assert config.settings.sections == DEFAULT_SECTIONS


@pytest.mark.parametrize(
    ("path", "so"),
    [
        ("2026-02-21-a.md", True),
        ("deep/er/b.md", True),
        ("README.md", False),
        ("deep/README.md", False),
        (".hidden.md", False),
        (".trash/a.md", False),
        ("notes.txt", False),
    ],
)
def test_entries_are_markdown_that_is_not_hidden_and_no_readme(path: str, so: bool) -> None:
    assert is_entry(path) is so


def test_settings_are_read_from_either_file(tmp_path: Path) -> None:
    text = 'title = "Labor"\nentries = "notes/2026"\nruns = ["wandb", "/mnt/runs"]\nsections = []\nproject = "iga"\n'
    written(tmp_path / "a", OWN, text)
    written(tmp_path / "b", PROJECT, f'[project]\nname = "x"\n[tool.journal]\n{text}[tool.other]\ntitle = 3\n')
    one, other = loaded(tmp_path / "a"), loaded(tmp_path / "b")
    assert one.settings == other.settings
    assert (one.settings.title, one.settings.sections, one.settings.project) == ("Labor", (), "iga")
    assert other.entries == tmp_path / "b" / "notes" / "2026"
    assert [str(folder) for folder in one.runs] == [str(tmp_path / "a" / "wandb"), "/mnt/runs"]


@pytest.mark.parametrize(
    "text",
    ["[tool.journal]", "[tool]\njournal = {}", "[ tool . journal ]", '["tool"."journal"]', 'tool.journal.title = "x"'],
)
def test_every_spelling_of_the_table_counts(tmp_path: Path, text: str) -> None:
    written(tmp_path, PROJECT, text)
    assert loaded(tmp_path).source.name == PROJECT


def test_a_file_of_its_own_wins(tmp_path: Path) -> None:
    written(tmp_path, OWN, 'title = "own"')
    written(tmp_path, PROJECT, '[tool.journal]\ntitle = "project"')
    assert loaded(tmp_path).settings.title == "own"


@pytest.mark.parametrize(
    "text", ["", "[project]\nname = 'journal'", "# [tool.journal]", "[tool.journals]", "tool = 3 # journal"]
)
def test_a_project_without_the_table_is_no_journal(tmp_path: Path, text: str) -> None:
    written(tmp_path, PROJECT, text)
    assert load(tmp_path) is None


def test_a_project_that_never_mentions_a_journal_is_not_even_read_as_toml(tmp_path: Path) -> None:
    written(tmp_path, PROJECT, "= broken")
    assert load(tmp_path) is None


def test_folders_of_those_names_are_no_files(tmp_path: Path) -> None:
    (tmp_path / OWN).mkdir()
    (tmp_path / PROJECT).mkdir()
    assert load(tmp_path) is None


def test_a_journal_is_found_by_walking_up(tmp_path: Path) -> None:
    written(tmp_path, OWN, "")
    deep = tmp_path / "entries" / "2026" / "02"
    deep.mkdir(parents=True)
    entry = written(deep, "a.md", "")
    assert {find(place).root for place in (tmp_path, deep, entry)} == {tmp_path}


def test_the_nearest_journal_is_found(tmp_path: Path) -> None:
    written(tmp_path, OWN, "")
    written(tmp_path / "a" / "b", PROJECT, "[tool.journal]")
    written(tmp_path / "a" / "b" / "c", PROJECT, "[tool.other]")
    assert find(tmp_path / "a").root == tmp_path
    assert find(tmp_path / "a" / "b" / "c").root == tmp_path / "a" / "b"


def test_a_relative_start_and_a_link_lead_to_the_real_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path / "real", OWN, "")
    (tmp_path / "link").symlink_to("real")
    monkeypatch.chdir(tmp_path)
    assert find((tmp_path / "link").relative_to(tmp_path)).root == (tmp_path / "real").resolve()


def test_outside_any_journal_the_next_command_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        find(tmp_path)
    assert error.value.message == f"no journal in {tmp_path} or above it"
    assert error.value.hint == "run `journal init` in your repository"


@pytest.mark.parametrize("name", [OWN, PROJECT])
def test_broken_toml_is_refused_with_its_place(tmp_path: Path, name: str) -> None:
    error = refused(tmp_path, name, '# [tool.journal]\ntitle = "x"\nentries = entries\n')
    assert (error.message, error.line, error.column) == ("is not TOML: Invalid value", 3, 11)
    assert str(error).startswith(f"{tmp_path / name}:3:11: is not TOML")


@pytest.mark.parametrize(
    "text", ["title = ", "title = 1\ntitle = 2", "[a]\n[a]", f"x = {'[' * 5000}", f"x = {'9' * 5000}", "x = 2026-13-01"]
)
def test_anything_else_that_is_no_toml_is_refused(tmp_path: Path, text: str) -> None:
    assert refused(tmp_path, OWN, text).message.startswith("is not TOML: ")


@pytest.mark.parametrize("name", [OWN, PROJECT])
def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path, name: str) -> None:
    error = refused(tmp_path, name, b'[tool.journal]\ntitle = "\xff"')
    assert (error.message, error.hint) == ("is not UTF-8", "save it as UTF-8")


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    written(tmp_path, OWN, b'\xef\xbb\xbftitle = "x"\r\n')
    assert loaded(tmp_path).settings.title == "x"


@pytest.mark.parametrize("name", [OWN, PROJECT])
def test_an_unknown_setting_is_refused_with_those_there_are(tmp_path: Path, name: str) -> None:
    error = refused(tmp_path, name, ("" if name == OWN else "[tool.journal]\n") + 'titel = "x"')
    assert error.message == "setting 'titel' is not known"
    assert error.hint == f"known settings: {', '.join(Settings.model_fields)}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = 3", "setting 'title': must be a text in quotes"),
        ('runs = "wandb"', "setting 'runs': must be a list"),
        ("runs = [3]", "setting 'runs.0': must be a text in quotes"),
        ('entries = ""', "setting 'entries': must not be empty"),
        ('entries = "../notes"', "setting 'entries': '../notes' does not lie in the journal"),
        ('evidence = "a/../../b"', "setting 'evidence': 'a/../../b' does not lie in the journal"),
        ('templates = "/etc"', "setting 'templates': '/etc' does not lie in the journal"),
        ("sections = {}", "setting 'sections': must be a list"),
        ("check = 1", "setting 'check': must be a table"),
        ("digest_bytes = 5", f"setting 'digest_bytes': must be at least {MIN_DIGEST}"),
        ("check = {pending-days = 1.5}", "setting 'check.pending-days': must be a whole number"),
        ("online = {timeout = inf}", "setting 'online.timeout': must be a finite number"),
        ("online = {deadline = nan}", "setting 'online.deadline': must be a finite number"),
        ("online = {deadline = 1e300}", "setting 'online.deadline': must be at most 1000000"),
        ("online = {timeout = 0}", "setting 'online.timeout': must be more than 0"),
        ('repositories = {"" = "x"}', "setting 'repositories': a name in it must not be empty"),
    ],
)
def test_a_setting_that_does_not_fit_is_refused(tmp_path: Path, text: str, message: str) -> None:
    assert refused(tmp_path, OWN, text).message == message


def test_a_host_is_of_a_kind_or_has_patterns_of_its_own(tmp_path: Path) -> None:
    text = (
        '[hosts]\n"Git.Lab.example" = "gitlab"\n"fe80::1" = "gitea"\n'
        'code = {kind = "github", commit = "{site}/{path}/c/{sha}", lines = "http://[::1]:80/{sha}/{file}#{first}+{last}"}\n'
    )
    written(tmp_path, OWN, text)
    hosts = loaded(tmp_path).settings.hosts
    assert list(hosts) == ["git.lab.example", "fe80::1", "code"]
    assert (hosts["git.lab.example"].kind, hosts["git.lab.example"].commit) == ("gitlab", None)
    assert (hosts["code"].kind, hosts["code"].commit) == ("github", "{site}/{path}/c/{sha}")


@pytest.mark.parametrize(
    ("host", "message"),
    [
        (
            'a = "gitlub"',
            (
                "'hosts.a.kind': must be 'github', 'gitlab', 'bitbucket', 'bitbucket-server', "
                "'gitea', 'forgejo' or 'gitee'"
            ),
        ),
        ("a = 3", "'hosts.a': must be a kind of host such as \"gitlab\", or a table of URL patterns"),
        ("a = {}", "'hosts.a': must be a kind of host such as \"gitlab\", or a table of URL patterns"),
        ("a = {commit = 3}", "'hosts.a.commit': must be a text in quotes"),
        ('a = {commit = "https://a/{path}"}', "'hosts.a.commit': lacks {sha}"),
        ('a = {lines = "https://a/{sha}/{file}"}', "'hosts.a.lines': lacks {first}, {last}"),
        (
            'a = {commit = "https://a/{sha}/{file}"}',
            "'hosts.a.commit': {file} stands for nothing here; there are {path}, {sha}",
        ),
        (
            'a = {commit = "https://a/{sha}{site}"}',
            "'hosts.a.commit': {site} stands for nothing here; there are {path}, {sha}",
        ),
        ('"https://a" = "gitlab"', "'hosts': 'https://a' is not a host's name alone, such as git.lab.example"),
        ('"a:2222" = "gitlab"', "'hosts': 'a:2222' is not a host's name alone, such as git.lab.example"),
        ('"me@a" = "gitlab"', "'hosts': 'me@a' is not a host's name alone, such as git.lab.example"),
    ],
)
def test_a_host_that_does_not_fit_is_refused(tmp_path: Path, host: str, message: str) -> None:
    assert refused(tmp_path, OWN, f"[hosts]\n{host}\n").message == f"setting {message}"


@pytest.mark.parametrize(
    "address",
    [
        *("{path}/{sha}", "//a/{sha}", "ftp://a/{sha}", "javascript:{sha}", "https://{path}/{sha}", "{site}.b/{sha}"),
        *(
            "https://me:it@a/{sha}",
            "https://a?{sha}",
            "https://a/ {sha}",
            "https://a/{sha}}",
            "https://a/{{sha}",
            "{sha}",
        ),
    ],
)
def test_a_pattern_that_is_no_web_address_is_refused(tmp_path: Path, address: str) -> None:
    said = refused(tmp_path, OWN, f'[hosts]\na = {{commit = "{address}"}}\n').message
    assert said.startswith(f"setting 'hosts.a.commit': '{address}' is not a web address such as")


def test_an_unknown_part_of_a_host_is_refused_with_those_there_are(tmp_path: Path) -> None:
    error = refused(tmp_path, OWN, '[hosts]\na = {comit = "https://a/{sha}"}\n')
    assert error.message == "setting 'hosts.a.comit' is not known"
    assert error.hint == "known settings: kind, commit, compare, file, line, lines"


def test_a_table_that_is_none_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, PROJECT, '[tool]\njournal = "yes"').message.startswith("setting 'tool.journal': must be")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read_is_an_error_of_one_line(tmp_path: Path) -> None:
    path = written(tmp_path, OWN, "")
    path.chmod(0)
    with pytest.raises(ConfigError, match="cannot be read: Permission denied"):
        load(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may enter every folder")
def test_a_folder_above_that_may_not_be_entered_is_passed_by(tmp_path: Path) -> None:
    inner = tmp_path / "closed" / "inner"
    inner.mkdir(parents=True)
    (tmp_path / "closed").chmod(0)
    try:
        assert load(inner) is None
    finally:
        (tmp_path / "closed").chmod(0o700)


def test_a_file_that_goes_away_meanwhile_is_an_error_of_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.path.isfile", lambda _: True)
    with pytest.raises(ConfigError, match="cannot be read: No such file or directory"):
        load(tmp_path)


def test_paths_are_named_relative_to_the_journal(tmp_path: Path) -> None:
    written(tmp_path, OWN, "")
    config = loaded(tmp_path)
    assert config.relative(config.entries / "2026" / "a.md") == "entries/2026/a.md"
    assert config.relative(tmp_path.parent / "b.md") == str(tmp_path.parent / "b.md")


def test_settings_are_described() -> None:
    # in a process of its own: descriptions are read while the models are made
    program = """
from pydantic import BaseModel
BaseModel.model_config["use_attribute_docstrings"] = True
from journal.config import Settings
print({name for name, field in Settings.model_fields.items() if field.description} ^ Settings.model_fields.keys())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().title = "x"  # type: ignore[misc]


def test_what_is_derived_ignores_itself_in_git(tmp_path: Path) -> None:
    written(tmp_path, OWN, "")
    config = loaded(tmp_path)
    ignore = config.make_derived() / ".gitignore"
    assert [path.name for path in config.derived.iterdir()] == [".gitignore"]
    assert ignore.read_bytes() == b"*\n"
    os.utime(ignore, (1, 1))
    config.make_derived()
    assert ignore.stat().st_mtime == 1
    ignore.write_bytes(b"")  # as a kill or somebody else may leave it
    config.make_derived()
    assert ignore.read_bytes() == b"*\n"


def test_what_is_derived_stays_in_the_journal(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    written(tmp_path / "lab", OWN, "")
    config = loaded(tmp_path / "lab")
    config.derived.symlink_to(outside)
    with pytest.raises(NotWritable, match="does not lie in the journal"):
        config.make_derived()
    assert list(outside.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_an_error_of_one_line(tmp_path: Path) -> None:
    written(tmp_path, OWN, "")
    config = loaded(tmp_path)
    config.derived.write_bytes(b"")
    with pytest.raises(NotWritable, match=r"\.gitignore: cannot be written: File exists"):
        config.make_derived()
