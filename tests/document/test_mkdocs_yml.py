from pathlib import Path

import pytest

from journal.config import CONFIG_NAME, Config, Settings
from journal.document import mkdocs_yml
from journal.errors import EntryError


def config_at(root: Path) -> Config:
    return Config(root, Settings(), root / CONFIG_NAME)


def told(text: str, *keys: str) -> list[tuple[str, int]]:
    return [(item.name, item.line) for item in mkdocs_yml.parse(text).items(*keys)]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("plugins: tags\n", [("tags", 1)]),
        ("plugins: [tags, journal]\n", [("tags", 1), ("journal", 1)]),
        ("plugins:\n  - tags\n\n  - journal:\n      a: 1\n", [("tags", 2), ("journal", 4)]),
        ("plugins:\n  - tags:\n", [("tags", 2)]),
        ("plugins:\n  tags:\n  journal:\n    a: 1\n", [("tags", 2), ("journal", 3)]),
        ("plugins:\n  - [tags]\n  -\n", [("", 2), ("", 3)]),
        ("plugins:\n", []),
        ("plugins: []\n", []),
        ("plugins: {}\n", []),
        ("other: [tags]\n", []),
        ("", []),
    ],
)
def test_what_a_list_names_is_told_with_its_lines_however_it_is_written(
    text: str, items: list[tuple[str, int]]
) -> None:
    assert told(text, "plugins") == items


def test_a_script_that_is_written_with_its_path_is_named_by_it() -> None:
    assert ("a.js", 2) in told("extra_javascript:\n  - path: a.js\n    defer: true\n", "extra_javascript")


def test_a_list_below_another_key_is_reached_by_both() -> None:
    assert told("extra:\n  scripts: [a.js]\n", "extra", "scripts") == [("a.js", 2)]
    assert told("extra: [scripts]\n", "extra", "scripts") == []


@pytest.mark.parametrize(
    ("options", "is_off"),
    [
        ("", False),
        (" {}", False),
        (" {enabled: true}", False),
        (" {enabled: no}", True),
        (" {enabled: !ENV [NOWHERE_SET, OFF]}", True),
        (" {enabled: !ENV [TAGGED, true]}", True),
    ],
)
def test_a_plugin_is_off_where_its_options_say_so(options: str, is_off: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAGGED", "false")
    (plugin,) = mkdocs_yml.parse(f"plugins:\n  - tags:{options}\n").items("plugins")
    assert plugin.is_off is is_off


def test_a_key_with_nothing_behind_it_says_nothing_and_has_a_line() -> None:
    said = mkdocs_yml.parse("site_name: Lab\nplugins:\n")
    assert (said.says("plugins"), said.value("plugins"), said.line("plugins")) == (False, None, 2)
    assert (said.says("nav"), said.value("nav"), said.line("nav")) == (False, None, None)
    assert said.says("site_name")


def test_values_are_the_text_that_stands_there_and_may_come_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ADDRESS", "https://lab.example/")
    said = mkdocs_yml.parse('a: !ENV [NOWHERE_SET, ADDRESS, ""]\nb: !ENV [NOWHERE_SET, x]\nc: off\nd: [e: f]\n')
    assert [said.value(key) for key in "abcd"] == ["https://lab.example/", "x", "off", [{"e": "f"}]]
    assert [mkdocs_yml.is_no(said.value(key)) for key in "abcde"] == [False, False, True, False, False]


def test_a_journals_file_is_read_with_a_mark_before_it_and_the_line_ends_of_any_system(tmp_path: Path) -> None:
    raw = b"\xef\xbb\xbfsite_name: Lab\r\nx: !!python/name:a.b\r\nplugins:\r\n  - tags\r\n"
    (tmp_path / "mkdocs.yml").write_bytes(raw)
    said = mkdocs_yml.read(config_at(tmp_path))
    assert said.value("site_name") == "Lab"
    assert [item.line for item in said.items("plugins")] == [4]


@pytest.mark.parametrize("raw", [None, b"a: [", b"- a\n"])
def test_a_file_that_is_missing_or_broken_is_told(raw: bytes | None, tmp_path: Path) -> None:
    if raw is not None:
        (tmp_path / "mkdocs.yml").write_bytes(raw)
    with pytest.raises(EntryError, match=r"mkdocs\.yml"):
        mkdocs_yml.read(config_at(tmp_path))
