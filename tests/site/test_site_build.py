"""The site as MkDocs and Material build it."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen
from xml.etree import ElementTree as ET

import pytest
from built_html import Page, files_of
from site_journal import SHA, TABLE, SiteJournal, make_run

from journal.errors import JournalError, NotWritable, SiteError
from journal.model.expression import quoted
from journal.site import running, serving
from journal.site.build import build
from journal.site.serving import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

RUNS = "<!-- journal:runs -->\n<!-- /journal:runs -->\n"

PAYLOADS = (
    "<script>pwned()</script>",
    "</title><script>pwned()</script>",
    '"><img src=x onerror=pwned()>',
    "' onmouseover='pwned()",
    "<svg/onload=pwned()>",
    "[a](javascript:pwned())",
    "![a](http://evil.example/x.png)",
    "<a href='javascript:pwned()'>a</a>",
    "<javascript:pwned()>",
    "x{ onclick=pwned() }",
    "{: onmouseover=pwned() }",
    "`</code><script>pwned()</script>`",
    "&lt;script&gt;pwned()&lt;/script&gt;",
    "&#60;script&#62;pwned()&#60;/script&#62;",
    "--><script>pwned()</script><!--",
    "</td></tr></table></details><script>pwned()</script>",
    "</div>\n\n<script>pwned()</script>\n\n<div>",
    "a\n\n    <script>pwned()</script>",
    "| a | b |\n|---|---|\n| <i>c</i> | d |",
    "a\\<b>c\\</b>",
    "{{ config }}{% include 'x' %}",
    '--8<-- "mkdocs.yml"',
    "http://evil.example www.evil.example a@evil.example",
    "[^1] *[a]: b\n\n[^1]: c",
    "***a*** ~~b~~ ==c== ^^d^^ __e__ H~2~O x^2^",
    ":material-fire: :smile:",
    "1. a",
    "- a",
    "# a",
    "    a",
    "!!! danger",
    "\u202e\u2028\u2029zebra",
    "注意力 ångström",
)


def payload_journal(root: Path) -> SiteJournal:
    """One entry a payload, which stands in every field that does not come from the author's own Markdown."""
    lab = SiteJournal(root, f"title = {json.dumps('A <b>journal</b>')}\n")
    for number, payload in enumerate(PAYLOADS):
        run_id = f"{payload}{number}"
        lab.with_runs(make_run(run_id, {payload: [1.0, 2.0], "loss": [3.0]}, name=payload, path=f"wandb/{payload}"))
        metrics = [payload, "loss", {f"{payload} again": "loss"}]
        spec = json.dumps({"metrics": metrics, "notes": {"loss": payload}})
        spec = spec.replace("<", "\\u003c").replace(">", "\\u003e")  # it stands in a comment
        path = lab.entry(
            f"2026-02-21-{number:02}",
            f"<!-- journal:table t\n{spec}\n-->\n<!-- /journal:table -->\n\n{RUNS}",
            title=payload,
            authors=[payload],
            tags=[payload],
            commits=[{"sha": SHA, "note": payload}],
            runs=[
                {"id": run_id, "as": "a", "label": payload},
                {"id": payload + " missing", "as": "b", "label": payload},
            ],
            predictions=[{"claim": payload, "expect": f"last({quoted(payload)})@a < 1"}],
            follows=[payload],
            files=[payload],
            updates=[{"at": "2026-02-22", "by": payload, "section": payload}],
            corrections=[{"was": payload, "now": payload, "reason": payload, "by": payload}],
            reviews=[{"by": payload, "verdict": "verified", "method": payload}],
            imported={"from": payload, "sha256": "ab" * 32, "length": 0, "repaired": payload, "created": payload},
        )
        lab.fill(path)
        lab.write(path, (lab.root / path).read_text().replace('"notes"', '"digits": 4, "notes"'))
    lab.entry("2026-02-21-plain", TABLE, title="zebra", tags=["zebra"], runs=[{"id": "r", "as": "a"}])
    lab.with_mkdocs()
    return lab


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site of a journal full of payloads."""
    return build(payload_journal(tmp_path_factory.mktemp("hostile")).journal, strict=True).page.parent


def test_no_foreign_text_becomes_live_markup(hostile: Path) -> None:
    plain = Page((hostile / "entries/2026-02-21-plain.html").read_text())
    assert plain.live == []
    for number, payload in enumerate(PAYLOADS):
        page = Page((hostile / f"entries/2026-02-21-{number:02}.html").read_text())
        assert page.live == [], payload
        assert [tag for tag, _ in page.outside if tag in {"script", "img", "svg", "iframe"}] == [
            tag for tag, _ in plain.outside if tag in {"script", "img", "svg", "iframe"}
        ], payload
        assert not [name for _, names in page.outside for name in names if name.startswith("on")], payload
        assert not [link for link in page.links if "evil.example" in urlsplit(link).netloc], payload


def words(text: str) -> str:
    """Text without white space, which pages may fold."""
    return re.sub(r"\s+", "", text)


def test_foreign_text_is_shown_as_it_is(hostile: Path) -> None:
    for number, payload in enumerate(PAYLOADS):
        page = Page((hostile / f"entries/2026-02-21-{number:02}.html").read_text())
        assert words(page.title) == words(payload)
        assert words(page.window) == words(f"{payload} - Attention")
        # author, tag, note, claim, expectation, run's label and name, metric, file, expression, ...
        assert words(page.text).count(words(payload)) > 30, payload


def test_no_page_of_the_whole_site_holds_live_markup(hostile: Path) -> None:
    pages = [path for path in hostile.rglob("*.html") if path.name != "404.html"]
    assert len(pages) > 100
    assert {path.relative_to(hostile).parts[0] for path in pages} >= {"boards", "runs", "commits", "metrics", "authors"}
    for path in pages:
        assert Page(path.read_text()).live == [], path


@pytest.mark.parametrize("page", ["entries/index.html", "tags/index.html", "authors/index.html"])
def test_pages_that_list_show_foreign_text_as_it_is(hostile: Path, page: str) -> None:
    shown = words(Page((hostile / page).read_text()).text)
    assert [payload for payload in PAYLOADS if words(payload) not in shown] == []


def test_no_script_and_no_picture_of_ours_holds_live_markup(hostile: Path) -> None:
    for path in hostile.rglob("*.js"):
        if "assets" not in path.relative_to(hostile).parts:
            text = path.read_text()
            assert not re.search(r"</script|<!--|[\u2028\u2029]", text, re.IGNORECASE), path
    for path in hostile.rglob("*.svg"):
        tree = ET.parse(path)  # noqa: S314  (our own)
        names = {element.tag.rpartition("}")[2] for element in tree.iter()}
        assert not names & {"script", "foreignObject", "image", "iframe", "a"}, path
        assert not [key for element in tree.iter() for key in element.attrib if key.lower().startswith("on")], path


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site of a small journal."""
    lab = SiteJournal(tmp_path_factory.mktemp("filled"), 'title = "Attention"\ndocs = "pages"\n')
    lab.with_runs(make_run("r1", {"train/loss": [3.0, 2.0, 0.123456789]}))
    body = (
        f"The softmax saturates; see [the other](2026-02-20-other.md).\n\n{TABLE}\n![](plot.png)\n\nWhy:\n- a\n  - b\n"
        "\nThe peak is ~~gone~~ lower.\n## 更新\nAs *read*.\n"
    )
    updates = [{"at": "2026-02-22", "section": "更新"}]
    lab.fill(
        lab.entry("2026-02-21-clamp", body, tags=["attention"], runs=[{"id": "r1", "as": "base"}], updates=updates)
    )
    lab.entry("2026-02-20-other", "See [code](../src/model.py).\n", title="The other")
    lab.write("entries/plot.png", b"\x89PNG")
    lab.write("pages/how.md", "# How\n\nWords.\n")
    lab.with_mkdocs()
    return build(lab.journal, strict=True).page.parent


def test_an_entry_is_built_with_its_links_tables_and_pictures(filled: Path) -> None:
    page = Page((filled / "entries/2026-02-21-clamp.html").read_text())
    assert "2026-02-20-other.html" in page.links
    assert "plot.png" in page.links
    assert (filled / "entries/plot.png").is_file()
    assert "0.123456789" in page.text
    assert [tag for tag, _ in page.article].count("table") >= 4
    assert [tag for tag, _ in page.article].count("ul") == 3  # two of the list, one of what is around it


def test_struck_words_are_struck_and_an_update_leads_to_its_heading(filled: Path) -> None:
    html = (filled / "entries/2026-02-21-clamp.html").read_text()
    assert "<del>gone</del>" in html
    assert 'href="#update.1"' in html
    assert re.search(r'id="update.1"></div>\s*<h2[^>]*>更新', html)


def test_no_page_asks_another_host_for_anything(filled: Path) -> None:
    loads = re.compile(r"<(?:script|img|iframe|source)[^>]*\ssrc=[\"']?(\w+:)?//|<link[^>]*href=[\"']?https?:")
    for page in filled.rglob("*.html"):
        assert not loads.search(page.read_text()), page


def test_own_pages_are_part_of_the_site(filled: Path) -> None:
    assert (filled / "docs/how.html").is_file()
    assert "how.html" in Page((filled / "docs/index.html").read_text()).links


def broken(lab: SiteJournal, old: str, new: str) -> None:
    lab.with_mkdocs()
    text = (lab.root / "mkdocs.yml").read_text()
    assert old in text
    lab.write("mkdocs.yml", text.replace(old, new))


def test_after_a_change_only_what_changed_is_built_and_the_site_is_that_of_a_whole_build(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-20-a", "See [it](2026-02-22-late.md).\n")
    lab.entry("2026-02-21-b", tags=["gone"])
    kept = lab.entry("2026-02-21-kept")
    lab.with_mkdocs()
    site = build(lab.journal).page.parent
    before = (site / kept).with_suffix(".html").stat().st_mtime_ns
    (site / ".git/refs/tags").mkdir(parents=True)
    (site / ".nojekyll").touch()
    (site / "stray.html").touch()
    os.utime(site / "stray.html", (1, 1))  # else somebody would have written in the site since
    lab.entry("2026-02-21-b", "Other words.\n")
    lab.entry("2026-02-22-late")
    built = build(lab.journal)
    assert (site / ".git/refs/tags").is_dir()
    assert not (site / "stray.html").exists()
    (site / ".nojekyll").unlink()
    assert (site / kept).with_suffix(".html").stat().st_mtime_ns == before
    partly = files_of(site)
    assert "tags/gone.html" not in partly
    assert b"2026-02-22-late.html" in partly["entries/2026-02-20-a.html"]
    shutil.rmtree(tmp_path / ".journal")
    assert files_of(build(lab.journal).page.parent) == partly
    assert built.warnings == ()


def test_a_build_that_was_broken_off_is_followed_by_a_whole_one(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-20-a")
    lab.with_mkdocs()
    site = build(lab.journal).page.parent
    (tmp_path / ".journal/site-built.txt").unlink()
    (site / "entries/2026-02-20-a.html").write_text("half")
    build(lab.journal)
    assert "Words." in (site / "entries/2026-02-20-a.html").read_text()


def test_where_the_pages_cannot_be_made_nothing_is_built_and_the_builder_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_mkdocs()
    started = []

    class Noted(subprocess.Popen[str]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            started.append(self)

    def refused(_: object) -> None:
        raise NotWritable("no space left on the disk", path="index.md")

    monkeypatch.setattr(subprocess, "Popen", Noted)
    monkeypatch.setattr("journal.site.build.generate", refused)
    with pytest.raises(NotWritable, match="no space"):
        build(lab.journal)
    assert [child.returncode is None for child in started] == [False]
    assert not (tmp_path / "site").exists()


def test_without_mkdocs_yml_the_error_names_the_next_command(tmp_path: Path) -> None:
    with pytest.raises(SiteError) as caught:
        build(SiteJournal(tmp_path).journal)
    assert str(caught.value) == "mkdocs.yml: no such file (`journal init` writes one)"


def test_without_mkdocs_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "find_spec", lambda name: None if name == "mkdocs" else object())
    with pytest.raises(SiteError) as caught:
        build(SiteJournal(tmp_path).journal)
    assert caught.value.hint == "pip install 'experiment-journal[site]'"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("site_dir: site ", "site_dir: [a\nb: }", r"^mkdocs\.yml:\d+:\d+: MkDocs: configuration file: while parsing"),
        ("  - journal", "  - journl", r'^mkdocs\.yml: MkDocs: .*The "journl" plugin is not installed'),
        ("docs_dir: .journal/docs", "docs_dir: entries", r"^mkdocs\.yml: MkDocs: docs_dir must be \.journal/docs"),
        ("  - admonition", "  - admonitions", r"Failed to load extension 'admonitions'"),
    ],
)
def test_a_broken_mkdocs_yml_is_one_line(tmp_path: Path, old: str, new: str, expected: str) -> None:
    lab = SiteJournal(tmp_path)
    broken(lab, old, new)
    with pytest.raises(SiteError) as caught:
        build(lab.journal)
    assert re.search(expected, str(caught.value))
    assert "\n" not in str(caught.value)


def test_warnings_are_returned_and_fail_only_a_strict_build(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    broken(lab, "Runs: runs/index.md", "Runs: runs/none.md")
    assert ["runs/none.md" in warning for warning in build(lab.journal).warnings] == [True]
    with pytest.raises(SiteError, match=r"runs/none\.md"):
        build(lab.journal, strict=True)


def test_what_hooks_print_and_raise_is_kept_apart(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    lab = SiteJournal(tmp_path)
    lab.write("hook.py", "def on_pre_build(config):\n    print('noise')\n    raise ValueError('first\\nsecond')\n")
    broken(lab, "plugins:", "hooks: [hook.py]\nplugins:")
    with pytest.raises(SiteError, match="ValueError: first second"):
        build(lab.journal)
    assert capfd.readouterr() == ("", "")


def test_modules_of_the_repository_do_not_stand_in_for_those_of_mkdocs(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    for name in ("mkdocs", "json", "yaml", "random"):
        lab.write(f"{name}.py", "raise SystemExit('taken over')\n")
    lab.with_mkdocs()
    assert build(lab.journal).page == tmp_path / "site" / "index.html"


def test_a_site_is_built_around_an_entry_that_cannot_be_read(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-20-a")
    lab.write("entries/2026-02-21-b.md", "---\ntitle: [\n---\n")
    lab.with_mkdocs()
    built = build(lab.journal, strict=True)
    assert [problem.path for problem in built.generated.problems] == ["entries/2026-02-21-b.md"]
    assert "2026-02-21-b.md" in built.page.read_text()


@pytest.mark.parametrize("address", ["localhost", ":8000", "127.0.0.1:http", "127.0.0.1:99999"])
def test_an_address_that_is_none_is_an_error(tmp_path: Path, address: str) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_mkdocs()
    with pytest.raises(SiteError):
        serve(lab.journal, address)


def test_an_address_that_is_taken_is_an_error(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_mkdocs()
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SiteError, match="cannot be served"):
        serve(lab.journal, f"127.0.0.1:{taken.getsockname()[1]}")


def fetched(address: str, expected: str) -> bool:
    """Whether a page comes to hold some text within a while."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            with urlopen(address, timeout=5) as answer:  # noqa: S310  (our own server)
                if expected in answer.read().decode():
                    return True
        except (URLError, ConnectionError):
            pass
        time.sleep(0.1)
    return False


def test_a_served_site_follows_its_entries_and_tells_what_stands_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    lab = SiteJournal(tmp_path)
    path = lab.entry("2026-02-20-a")
    lab.with_mkdocs()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    page = f"http://127.0.0.1:{port}/entries/2026-02-20-a.html"
    seen: list[list[str]] = []
    found: dict[str, bool] = {}
    done = threading.Event()

    def read() -> None:
        found["served"] = fetched(page, "Words.")
        lab.write(path, (tmp_path / path).read_text().replace("Words.", "Better words."))
        found["followed"] = fetched(page, "Better words.")
        lab.write(path, "no front matter\n")
        found["told on its page"] = fetched(page, "This entry could not be read")
        settings = (tmp_path / "mkdocs.yml").read_text()
        lab.write("mkdocs.yml", settings.replace("- journal #", "- journl #"))
        found["refused"] = within_a_while(lambda: any("journl" in said for problems in seen for said in problems))
        lab.write("mkdocs.yml", settings.replace("  - assets/journal.js", "#"))
        found["mended"] = within_a_while(lambda: "journl" not in str(seen[-1]) and "journal.js" in str(seen[-1]))
        done.set()

    def report(problems: Sequence[JournalError], warnings: Sequence[JournalError]) -> None:
        seen.append(list(map(str, (*problems, *warnings))))

    def pause(_: float) -> None:
        if done.wait(0.1):
            raise KeyboardInterrupt

    monkeypatch.setattr(serving, "sleep", pause)
    reader = threading.Thread(target=read)
    reader.start()
    serve(lab.journal, f"127.0.0.1:{port}", report=report)
    reader.join()
    assert [name for name, was in found.items() if not was] == []
    assert list(found) == ["served", "followed", "told on its page", "refused", "mended"]
    assert seen[0] == []
    assert capfd.readouterr() == ("", "")
    assert not fetched_once(page)


def within_a_while(so: Callable[[], bool]) -> bool:
    end = time.monotonic() + 30
    while not so() and time.monotonic() < end:
        time.sleep(0.1)
    return so()


def fetched_once(address: str) -> bool:
    try:
        urlopen(address, timeout=1)  # noqa: S310  (our own server)
    except (URLError, ConnectionError):
        return False
    return True


def test_this_repository_s_mkdocs_yml_is_that_of_a_new_journal() -> None:
    root = Path(__file__).parents[2]
    lines = (root / "journal/authoring/skeleton/mkdocs.yml").read_text().splitlines()
    own = (root / "mkdocs.yml").read_text().splitlines()
    assert [line for line in own if line not in lines] == [
        'site_name: "Experiment journal"',
        "  - Documentation: docs/index.md",
    ]
    assert [line for line in lines if line not in own] == [
        "site_name: {{ title }}",
        '  # Pages of your own: set `docs = "docs"` in the journal\'s settings, then',
        "  # - Documentation: docs/index.md",
    ]
