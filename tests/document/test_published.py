from importlib import resources
from pathlib import Path

import pytest
from mkdocs.config import load_config
from mkdocs.structure.files import File

from journal.config import CONFIG_NAME, Config, Settings
from journal.document import plain_yaml
from journal.document.published import Site, page_of, site_of
from journal.errors import ConfigError, EntryError

URL = "https://lab.example/journal/"


def config_at(root: Path, mkdocs: str | bytes | None = None, entries: str = "entries") -> Config:
    if mkdocs is not None:
        (root / "mkdocs.yml").write_bytes(mkdocs if isinstance(mkdocs, bytes) else mkdocs.encode())
    return Config(root, Settings(entries=entries), root / CONFIG_NAME)


@pytest.mark.parametrize("folders", [True, False])
@pytest.mark.parametrize(
    "page", ["entries/2026-02-21-a.md", "entries/sub/a b.c.md", "entries/sub/index.md", "entries/größe (1)_$x$.md"]
)
def test_a_page_has_the_address_that_mkdocs_gives_it(page: str, folders: bool, tmp_path: Path) -> None:
    theirs = File(page, str(tmp_path), str(tmp_path), folders).url
    assert Site(URL, folders).link(page) == URL + theirs


def test_an_entrys_page_lies_below_entries_wherever_the_journal_keeps_them(tmp_path: Path) -> None:
    config = config_at(tmp_path, entries="notes/lab")
    assert page_of("notes/lab/2026/a.md", config) == "entries/2026/a.md"


@pytest.mark.parametrize(
    ("mkdocs", "site"),
    [
        (None, Site()),
        ("", Site()),
        ("site_name: Lab\n", Site()),
        ("site_url: ''\n", Site()),
        (f"site_url: {URL}\n", Site(URL)),
        (f"\ufeffsite_url: {URL.rstrip('/')}\n", Site(URL)),
        (f"site_url: '{URL}?token=x#top'\n", Site(URL)),
        ("site_url: https://ada:secret@lab.example/journal/\n", Site(URL)),
        ("site_url: http://127.0.0.1:8000/a (b)\n", Site("http://127.0.0.1:8000/a%20%28b%29/")),
        (f"site_url: !ENV [NOWHERE_SET, '{URL}']\n", Site(URL)),
        (f"site_url: {URL}\nuse_directory_urls: false\n", Site(URL, folders=False)),
        (f"site_url: {URL}\nplugins:\n  - search\n  - offline\n", Site(URL, folders=False)),
        (f"site_url: {URL}\nplugins:\n  - offline:\n", Site(URL, folders=False)),
        (f"site_url: {URL}\nplugins: {{search: {{}}, material/offline: {{}}}}\n", Site(URL, folders=False)),
        (f"site_url: {URL}\nplugins:\n  - offline: {{enabled: false}}\n", Site(URL)),
        (f"site_url: {URL}\nplugins:\n  - offline:\n      enabled: !ENV [OFFLINE, false]\n", Site(URL)),
        (f"site_url: {URL}\nplugins:\n  - offline: {{enabled: !ENV [OFFLINE, true]}}\n", Site(URL, folders=False)),
        (f"site_url: {URL}\nx: !!python/name:material.extensions.emoji.twemoji ''\ny: !!python/name:a.b\n", Site(URL)),
    ],
)
def test_mkdocs_yml_says_where_the_site_is(mkdocs: str | None, site: Site, tmp_path: Path) -> None:
    assert site_of(config_at(tmp_path, mkdocs)) == site


def test_the_file_that_init_writes_can_be_read_with_its_site_url_filled_in(tmp_path: Path) -> None:
    text = (resources.files("journal.authoring") / "skeleton" / "mkdocs.yml").read_text("utf-8")
    told = 'site_url: !ENV [JOURNAL_SITE_URL, ""]'
    assert told in text
    filled = text.replace(told, "site_url: https://example.org/journal/").replace("{{ title }}", "Lab")
    assert site_of(config_at(tmp_path, filled)) == Site("https://example.org/journal/", folders=False)


def test_the_environment_says_where_the_site_is_where_the_file_asks_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JOURNAL_SITE_URL", raising=False)
    asked = config_at(tmp_path, 'site_name: Lab\nsite_url: !ENV [OTHER_SITE, JOURNAL_SITE_URL, ""]\n')
    assert site_of(asked) == Site()
    monkeypatch.setenv("JOURNAL_SITE_URL", URL.rstrip("/"))
    assert site_of(asked) == Site(URL)
    (tmp_path / "docs").mkdir()
    assert load_config(str(tmp_path / "mkdocs.yml")).site_url == URL
    monkeypatch.setenv("OTHER_SITE", "lab.example")
    with pytest.raises(ConfigError, match="not spelt out as a web address"):
        site_of(asked)


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "file:///home/ada/site", "lab.example", "[a, b]", "{a: b}", "/site/"),
        *("!ENV SITE_URL", "!ENV [SITE_URL]", "!ENV [SITE_URL, lab.example]", "https://a:b/c@d/", "https://[x/"),
    ],
)
def test_what_is_not_spelt_out_as_a_web_address_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^mkdocs.yml: `site_url` is not spelt out as a web address"):
        site_of(config_at(tmp_path, f"site_url: {url}\n"))


@pytest.mark.parametrize("raw", [b"a: [", b"- a\n", b"a: 1\na: 2\n", b"&a [*a, *a]"])
def test_a_file_that_cannot_be_read_is_told_with_its_line(raw: bytes, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^mkdocs.yml:\d+:\d+: .* \("):
        site_of(config_at(tmp_path, raw))


def test_tags_are_errors_everywhere_else() -> None:
    with pytest.raises(EntryError, match="tag"):
        plain_yaml.read(plain_yaml.Source("a: !ENV b\n", 1, "a.md"))
