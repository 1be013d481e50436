from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from journal.authoring.template import fenced, names, quoted, render
from journal.config import Config, Settings
from journal.document.plain_yaml import Source, read
from journal.errors import TemplateError

if TYPE_CHECKING:
    from pathlib import Path

UNHOLDABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
YAML_SIGNS = list(":#-?,[]{}&*!|>'\"%@`\\/~=<1a \n\r\t\x85\u2028")
HOSTILE = st.text() | st.lists(st.sampled_from([*YAML_SIGNS, ": ", " #", "- ", "---", "null", "true"])).map("".join)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "templates").mkdir()
    return Config(tmp_path, Settings(), tmp_path / "journal.toml")


def template(config: Config, text: str, name: str = "own") -> None:
    (config.templates / f"{name}.md").write_bytes(text.encode())


def read_back(text: str) -> object:
    return read(Source(text, 1, "x")).plain()


@settings(max_examples=500)
@given(HOSTILE)
def test_a_quoted_text_reads_back_as_itself_wherever_it_stands(text: str) -> None:
    scalar, shown = quoted(text), UNHOLDABLE.sub("\N{REPLACEMENT CHARACTER}", text)
    assert len(scalar.splitlines()) <= 1
    assert read_back(f"a: {scalar}\nb: 1\n") == {"a": shown, "b": "1"}
    assert read_back(f"a: [{scalar}, x]\n") == {"a": [shown, "x"]}
    assert read_back(f"a: {{b: {scalar}, c: x}}\n") == {"a": {"b": shown, "c": "x"}}


@given(st.text(st.characters(codec=None)))
def test_half_a_surrogate_pair_is_replaced(text: str) -> None:
    assert quoted(text).encode().decode() == quoted(text)


@pytest.mark.parametrize(
    "text", ["Clamp the logits", "train/loss", "v1.2", "中文", "Ada Lovelace", "721e94a", "no", "1e5"]
)
def test_words_stay_unquoted(text: str) -> None:
    assert quoted(text) == text


@given(
    st.lists(st.sampled_from(["`", "```", "~~~", "text", "\n", " ", "    ", "<!-- journal:runs -->", "# x", ">"])).map(
        "".join
    )
)
def test_a_fenced_text_is_one_block_of_code_whatever_it_holds(text: str) -> None:
    (block,) = MarkdownIt("commonmark").parse(fenced(text))
    assert (block.type, block.content) == ("fence", f"{text}\n")


def test_the_journals_own_template_goes_before_the_packaged_one(config: Config) -> None:
    assert names(config) == ("experiment",)
    assert render(config, "experiment", CONTEXT).startswith("---\ntitle: T\n")
    template(config, "mine: {{ title }}", "experiment")
    template(config, "{{ title }}\n\n", "own")
    assert names(config) == ("experiment", "own")
    assert render(config, "experiment", CONTEXT) == "mine: T"
    assert render(config, "own", CONTEXT) == "T\n\n"


CONTEXT: dict[str, object] = {
    "title": "T",
    "created": "2026-02-21T19:01:15+08:00",
    "authors": [],
    "commits": [],
    "runs": [],
    "metrics": [],
    "baseline": None,
    "candidate": None,
}


@pytest.mark.parametrize("name", ["nope", "", "../journal", "a/b", ".hidden", "/etc/passwd", "x" * 5000])
def test_a_name_that_is_no_template_is_an_error_that_lists_them(config: Config, name: str) -> None:
    (config.root / "journal.md").write_text("secret")
    template(config, "secret", ".hidden")
    with pytest.raises(TemplateError) as caught:
        render(config, name, CONTEXT)
    assert "experiment" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("ok\n{% if %}\n", 2),
        ("{{ title\n", 1),
        ("a\nb\n{% endfor %}\n", 3),
        ("a\n\n{{ nobody }}\n", 3),
        ("{{ title }}\n{{ title.nothing.deeper }}\n", 2),
        ("\n\n\n{{ 1 / 0 }}", 4),
        ("{{ title + 1 }}", 1),
        ("\n{{ commits[3] }}", 2),
        ("\n{{ title | nosuchfilter }}", 2),
        ("\n{{ commits | yaml }}", 2),
        ("{% macro a() %}\n{{ a() }}{% endmacro %}\n{{ a() }}", 2),
        ("x\n{{ range(10 ** 9) | list }}", 2),
        ('x\n{% include "other" %}', 2),
        ('x\n{{ "%s %d" | format(title) }}', 2),
    ],
)
def test_a_template_that_fails_is_an_error_at_its_line(config: Config, text: str, line: int) -> None:
    template(config, text)
    with pytest.raises(TemplateError) as caught:
        render(config, "own", CONTEXT)
    assert caught.value.place == f"templates/own.md:{line}"
    assert caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ ''['__class__'] }}",
        "{{ '' | attr('__class__') }}",
        "{{ title.__init__.__globals__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ lipsum.__globals__['os'] }}",
        "{{ namespace.__init__ }}",
        "{{ '{0.__class__}'.format(title) }}",
        "{{ '{a.__class__}'.format_map({'a': title}) }}",
        "{{ commits.append(1) }}",
        "{{ open('/etc/passwd') }}",
        "{% import 'os' as os %}",
        "{% extends '/etc/passwd' %}",
    ],
)
def test_a_template_cannot_leave_its_sandbox(config: Config, text: str) -> None:
    template(config, text)
    try:
        shown = render(config, "own", CONTEXT)
    except TemplateError:
        return
    assert "class" not in shown
    assert "<" not in shown


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"caf\xe9"])
def test_a_template_that_is_not_utf8_is_an_error(config: Config, raw: bytes) -> None:
    (config.templates / "own.md").write_bytes(raw)
    with pytest.raises(TemplateError, match="cannot be read"):
        render(config, "own", CONTEXT)
