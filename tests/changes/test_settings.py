from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from journal.changes import settings
from journal.changes.settings import changed
from journal.changes.unread import MAX_BYTES
from stopwatch import fastest


def told(path: str, before: str | None, after: str | None) -> dict[str, tuple[str | None, str | None]]:
    """What changed by its key; the file must be readable."""
    found = changed(path, None if before is None else before.encode(), None if after is None else after.encode())
    assert found.unreadable is None
    assert len({each.key for each in found.changes}) == len(found.changes)
    return {each.key: (each.before, each.after) for each in found.changes}


def test_a_value_in_yaml_is_told_by_its_dotted_key() -> None:
    before = "experiment:\n  wandb:\n    name: oak\n    group: trees\n"
    assert told("a.yaml", before, before.replace("oak", "elm")) == {"experiment.wandb.name": ("oak", "elm")}


def test_new_and_lost_keys_are_told_value_by_value() -> None:
    assert told("a.yaml", "a: 1\nb: {c: 2}\n", "a: 1\nd: {e: {f: x, g: []}}\n") == {
        "b.c": ("2", None),
        "d.e.f": (None, "x"),
        "d.e.g": (None, "[]"),
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1 # one\nb: 2\n", "# two\nb: 2\n\na: 1\n"),
        ("a: {b: [1, 2]}", "a:\n  b:\n  - 1\n  - 2\n"),
        ("a: oak", "a: 'oak'"),
        ("a: yes\nb: ~", "a: true\nb:"),
        ("a: 1_000\nb: 0x10\nc: 1.0e-4", "a: 1000\nb: 16\nc: 0.0001"),
        ("a: .nan", "a: .NaN"),
        ("x: &x {a: 1}\ny: *x", "x: {a: 1}\ny: {a: 1}"),
        ("x: &x {a: 1, b: 2}\ny: {<<: *x, a: 3}", "x: {a: 1, b: 2}\ny: {a: 3, b: 2}"),
        ("", "# nothing but a comment\n"),
        ("\ufeffa: 1\r\nb: 2\r\n", "a: 1\nb: 2\n"),
    ],
)
def test_another_spelling_of_the_same_yaml_is_no_change(before: str, after: str) -> None:
    assert told("a.yml", before, after) == {}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("1", "1.0"),
        ("1", "'1'"),
        ("no", "'no'"),
        ("1e-4", "0.0001"),
        ("null", "''"),
        ("!A x", "!B x"),
        ("!!str 1", "1"),
    ],
)
def test_values_that_pyyaml_reads_differently_are_a_change(before: str, after: str) -> None:
    assert told("a.yaml", f"a: {before}", f"a: {after}") == {"a": (before, after)}


def test_tags_interpolations_and_references_to_code_are_shown_as_text() -> None:
    before = "a: !Net {width: 3}\nb: ${model.width}\nc: !!python/name:os.system\nd: !env HOME\n"
    after = "a: !Wide {width: 3}\nb: ${oc.env:WIDTH,3}\nc: !!python/object/apply:os.getcwd []\nd: !env TMP\n"
    assert told("a.yaml", before, after) == {
        "a": ("!Net {width: 3}", "!Wide {width: 3}"),
        "b": ("${model.width}", "${oc.env:WIDTH,3}"),
        "c": ("!!python/name:os.system", "!!python/object/apply:os.getcwd []"),
        "d": ("!env HOME", "!env TMP"),
    }


def test_what_is_taken_over_by_a_merge_key_changes_with_it() -> None:
    before = "base: &base {lr: 0.1}\ntrain: {<<: *base, steps: 3}\n"
    assert told("a.yaml", before, before.replace("0.1", "0.2")) == {
        "base.lr": ("0.1", "0.2"),
        "train.lr": ("0.1", "0.2"),
    }


def test_keys_of_several_documents_begin_with_the_place_of_the_document() -> None:
    assert told("a.yaml", "a: 1\n---\nb: 2\n", "a: 1\n---\nb: 3\n") == {"[1].b": ("2", "3")}
    assert told("a.yaml", "a: 1\n", "a: 1\n---\nb: 3\n") == {"[1].b": (None, "3")}


def test_keys_with_dots_or_blanks_are_quoted() -> None:
    before = 'x:\n  "a.b": 1\n  c d: 1\n  "": 1\n  e-f/g: 1\n'
    assert list(told("a.yaml", before, before.replace("1", "2"))) == ['x."a.b"', 'x."c d"', 'x.""', "x.e-f/g"]


def test_a_short_list_of_plain_values_is_one_value() -> None:
    assert told("a.yaml", "a: [x, y]", "a: [y, x]") == {"a": ("[x, y]", "[y, x]")}


def test_of_a_list_of_mappings_the_item_is_told() -> None:
    layers = "layers:\n- {width: 1}\n- {width: 2}\n- {width: 3}\n"
    assert told("a.yaml", layers, layers.replace("3", "4")) == {"layers[2].width": ("3", "4")}
    assert told("a.yaml", layers, layers.replace("- {width: 2}\n", "")) == {"layers[1].width": ("2", None)}
    assert told("a.yaml", layers, layers.replace("- {width: 1}\n", "- {width: 0}\n- {width: 1}\n")) == {
        "layers[0].width": (None, "0")
    }


def test_of_a_long_list_only_what_came_and_went_is_told() -> None:
    names = [f"library-{number}>=1.{number}" for number in range(12)]
    before = json.dumps({"needs": names})
    after = json.dumps({"needs": [*names[:3], *names[4:8], "new>=2", *names[8:]]})
    assert told("a.json", before, after) == {
        "needs[3]": ('"library-3>=1.3"', None),
        "needs[7]": (None, '"new>=2"'),
    }


def test_a_value_that_takes_the_place_of_a_mapping_is_one_change() -> None:
    assert told("a.yaml", "a: {b: 1, c: [2]}", "a: none") == {"a": ("{b: 1, c: [2]}", "none")}


def test_a_long_value_is_shortened_to_where_it_differs() -> None:
    long = "x" * 5000
    ((before, after),) = told(
        "a.json", json.dumps({"a": f"{long}1{long}"}), json.dumps({"a": f"{long}2{long}"})
    ).values()
    assert before is not None
    assert after is not None
    assert len(before) == len(after) <= 202
    assert "x1x" in before
    assert "x2x" in after


def test_a_value_is_on_one_line_without_signs_that_nobody_sees() -> None:
    ((_, after),) = told("a.yaml", None, 'a: |\n  one\n  two\nb: "\\e[31m\\u202e"\n'.partition("b:")[0]).values()
    assert after == r'"one\ntwo\n"'
    assert told("a.json", None, r'{"a": "\u001b[31m\u202e"}') == {"a": (None, r'"\u001b[31m\u202e"')}


@pytest.mark.parametrize(
    "key", ["api_key", "wandb_api_key", "hf-token", "db.password", "clientSecret", "AWS_SECRET_KEY"]
)
def test_what_should_stay_secret_is_said_to_have_changed_and_not_shown(key: str) -> None:
    assert list(told("a.json", json.dumps({key: "abc"}), json.dumps({key: "abd"})).values()) == [
        ("(hidden)", "(hidden)")
    ]


def test_secrets_are_known_by_their_form_too() -> None:
    token = "hf_" + "a1" * 15
    assert told("a.yaml", None, f"a: x {token}\nurl: https://me:pass@host/x\nnum_tokens: 3\npad_token: </s>\n") == {
        "a": (None, "x (hidden)"),
        "url": (None, "https://(hidden)@host/x"),
        "num_tokens": (None, "3"),
        "pad_token": (None, "</s>"),
    }


def test_toml_json_and_ini_are_read_as_they_are_written() -> None:
    assert told("a.toml", '[tool]\nlr = 1e-4\nname = "a"\n', '[tool]\nlr = 3e-4\nname = "a"\n') == {
        "tool.lr": ("1e-4", "3e-4")
    }
    assert told("a.json", '{"lr": 1E-4, "n": 1}', '{"n": 2, "lr": 0.0001}') == {"n": ("1", "2")}
    ini = "; odd\ntop = 1\n[train.fast]\nLR: 0.1\nnames = a\n  b\nflag\n"
    after = ini.replace("0.1", "%(x)s").replace("  b", "  c")
    assert told("a.cfg", "[x]\na=1", "[x]\na = 1\n# two") == {}
    assert told("a.ini", ini, after) == {
        '"train.fast".LR': ("0.1", "%(x)s"),
        '"train.fast".names': (r'"a\nb"', r'"a\nc"'),
    }


PYTHON = """
LR = 1e-4
betas = (0.9, 0.95)
steps = 5 * 8
model = dict(kind="oak", depth=3, act=nn.GELU())
seen = []
width: int = 3

@dataclass
class Config(Base):
    lr: float = 1e-4
    names: list = field(default_factory=lambda: ["a",  # first
        "b"])
    where: Path = Path("runs")
    seed: int = int(os.environ.get("SEED", 3))
    rate: float = Field(0.1, ge=0)
    class Inner:
        deep = 1

def main():
    parser.add_argument("-l", "--lr", type=float, default=1e-4)
    parser.add_argument("--ema", action="store_true")
    flags.DEFINE_float("decay", 0.1, "how much")
    inner = 3

@app.command()
def train(epochs: int = 3, fast_one: bool = typer.Option(False, "--fast/--slow"),
          heads: Annotated[int, typer.Option("--heads")] = 4, name: str = typer.Option(...)): ...

@click.option("--layers", "-n", default=2)
def click_one(layers): ...
"""


def test_plain_settings_in_python_are_told_as_people_call_them() -> None:
    assert {key: after for key, (_, after) in told("train.py", None, PYTHON).items()} == {
        "LR": "1e-4",
        "betas": "(0.9, 0.95)",
        "steps": "5 * 8",
        "model.kind": '"oak"',
        "model.depth": "3",
        "model.act": "nn.GELU()",
        "width": "3",
        "Config.lr": "1e-4",
        "Config.names": '["a", "b"]',
        "Config.where": 'Path("runs")',
        "Config.seed": 'int(os.environ.get("SEED", 3))',
        "Config.rate": "0.1",
        "Config.Inner.deep": "1",
        "--lr": "1e-4",
        "--ema": "False",
        "--decay": "0.1",
        "--epochs": "3",
        "--fast": "False",
        "--heads": "4",
        "--layers": "2",
    }


@pytest.mark.parametrize(
    ("old", "new", "key", "values"),
    [
        ("default=1e-4)", "default=3e-4)", "--lr", ("1e-4", "3e-4")),
        ("lr: float = 1e-4", "lr: float = 2e-4", "Config.lr", ("1e-4", "2e-4")),
        ("depth=3", "depth=4", "model.depth", ("3", "4")),
        ("width: int = 3", "width: int = find()", "width", ("3", "find()")),
        ("LR = 1e-4\n", "LR = 1e-4\nNEW = 'x'\n", "NEW", (None, "'x'")),
        ("epochs: int = 3, ", "", "--epochs", ("3", None)),
    ],
)
def test_a_change_of_a_python_setting_is_found_as_just_that(
    old: str, new: str, key: str, values: tuple[str, str]
) -> None:
    assert told("train.py", PYTHON, PYTHON.replace(old, new, 1)) == {key: values}


def test_python_numbers_in_another_spelling_and_other_quotes_are_no_change() -> None:
    after = PYTHON.replace("1e-4", "0.0001").replace('"oak"', "'oak'").replace("inner = 3", "inner = 4")
    assert told("train.py", PYTHON, after) == {}
    assert told("train.py", "a = 1", "a = 1.0") == {"a": ("1", "1.0")}


def test_a_notebook_is_read_without_what_only_notebooks_understand() -> None:
    def notebook(rate: str) -> str:
        cells = [
            ["%matplotlib inline\n", "!ls\n", f"LR = {rate}\n", "files = !ls\n"],
            ["%%bash\n", "x = = 1\n"],
            ["LR?"],
        ]
        return json.dumps({"cells": [{"cell_type": "code", "source": source} for source in cells]})

    assert told("a.ipynb", notebook("0.1"), notebook("0.2")) == {"LR": ("0.1", "0.2")}


def test_a_file_that_holds_no_settings_is_not_looked_at() -> None:
    assert not any(map(settings.reads, ["a.md", "a.png", "yaml", "a.jsonl", "package-lock.json", "uv.lock", ".env"]))
    assert all(
        map(
            settings.reads, ["a/b.YAML", "x.yml", "a.json", "a.toml", "a.ini", "setup.cfg", "a.conf", "a.py", "a.ipynb"]
        )
    )
    assert changed("a.md", b"a: 1", b"a: 2").changes == ()


@pytest.mark.parametrize(
    ("path", "content", "reason"),
    [
        ("a.yaml", b"a: [", "is not YAML"),
        ("a.yaml", b"a: \0", "is not YAML"),
        ("a.yaml", b"a: {{ x }}: y", "is not YAML"),
        ("a.yaml", b"\xff", "is not UTF-8"),
        ("a.yaml", b"a: &a [*a]", "is not YAML that ends: an alias stands within what it names, or names nothing"),
        ("a.yaml", b"[" * 50_000, "is nested deeper than 100 levels"),
        ("a.json", b"[" * 102 + b"]" * 102, "is nested deeper than 100 levels"),
        ("a.json", b"[" * 50_000 + b"]" * 50_000, "is not JSON"),
        ("a.json", b"// no\n{}", "is not JSON"),
        ("a.toml", b"a = 1\na = 2", "is not TOML"),
        ("a.toml", b"a." * 500_000 + b"a = 1", "holds a key of more than 30 parts"),
        ("a.conf", b"server {\n  listen 80;\n}", "is not made of `key = value` lines"),
        ("a.py", b"print 'old'", "is not Python that this version of Python reads"),
        ("a.py", b"x = " + b"(" * 50_000, "is not Python that this version of Python reads"),
        ("a.py", b"x = 1\0", "is not Python that this version of Python reads"),
        ("a.py", b"x = 1\n" * 100_000, "holds more than 512 Ki characters of code"),
        ("a.ipynb", b'{"cells": 3}', "is not a notebook"),
        ("a.json", b" " * (MAX_BYTES + 1), "is larger than 1 MiB"),
    ],
)
def test_a_file_that_cannot_be_read_gives_no_keys_and_says_so(path: str, content: bytes, reason: str) -> None:
    assert changed(path, content, content + b" ").unreadable == reason
    late = changed(path, b"", content) if path not in {"a.json", "a.ipynb"} else changed(path, None, content)
    assert late.changes == ()
    assert late.unreadable == f"{reason} after the change"


BOMB = b"a: &a [x, x, x, x, x, x, x, x, x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (one, one, b",".join([b"*%c" % (one - 1)] * 9)) for one in b"bcdefghijk"
)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("bomb.yaml", BOMB),
        ("texts.yaml", b"x: &x " + b"s" * 500_000 + b"\ny: [" + b"*x, " * 40_000 + b"]"),
        ("directives.yaml", b"".join(b"%%TAG !a%d! t\n" % number for number in range(50_000))),
        ("number.yaml", b"a: " + b"1" * 5000),
        ("number.json", b'{"a": ' + b"1" * 5000 + b"}"),
        ("number.toml", b"a = 0x" + b"f" * 5000),
        ("number.py", b"a = 0x" + b"f" * 5000 + b"\nb = " + b"1+" * 900 + b"1"),
        ("key.json", b'{"' + b"a" * 300_000 + b'": {' + b",".join(b'"b%d": 1' % n for n in range(20_000)) + b"}}"),
        ("blank.ini", b"[a]\na" + b" " * 1_000_000 + b"b"),
        ("dots.toml", b"." + b" " * 1_000_000),
        ("minus.py", b"x = " + b"-" * 100_000 + b"1"),
    ],
)
def test_hostile_files_take_no_time(path: str, content: bytes) -> None:
    def work() -> None:
        changed(path, None, content)
        changed(path, content, content + b"\n")

    assert fastest(work, 1) < 3


def test_nothing_that_a_file_names_is_ever_run(tmp_path: Any) -> None:
    witness = tmp_path / "ran"
    call = f"open({str(witness)!r}, 'w')"
    changed("a.yaml", None, f'a: !!python/object/apply:eval ["{call}"]\n'.encode())
    changed("a.py", None, f"x = {call}\nclass A:\n    y = {call}\n".encode())
    assert not witness.exists()


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
TREES = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
TEXTS = st.text() | TREES.map(json.dumps)
PATHS = st.sampled_from(["a.yaml", "a.json", "a.toml", "a.ini", "a.py", "a.ipynb", "a.conf"])


@budget(max_examples=60)
@given(PATHS, TEXTS, TEXTS)
def test_swapping_the_versions_swaps_the_values(path: str, one: str, other: str) -> None:
    there, back = (
        changed(path, first.encode("utf-8", "replace"), second.encode("utf-8", "replace"))
        for first, second in ((one, other), (other, one))
    )
    assert {(each.key, each.before, each.after) for each in there.changes} == {
        (each.key, each.after, each.before) for each in back.changes
    }
    assert (there.unreadable is None) == (back.unreadable is None)


@budget(max_examples=60)
@given(PATHS, TEXTS)
def test_a_version_does_not_differ_from_itself_with_another_end_of_line(path: str, text: str) -> None:
    content = text.encode("utf-8", "replace")
    assert changed(path, content, content).changes == ()
    assert changed(path, content, content + b"\n").changes == ()


KEYS = st.sampled_from(["lr", "model", "a.b", "c d", "ü", "layers", "-x"])
MAPPINGS = st.dictionaries(
    KEYS,
    st.recursive(
        st.integers() | st.text("abc é.", max_size=5) | st.booleans(),
        lambda inner: st.dictionaries(KEYS, inner, min_size=1, max_size=3) | st.lists(inner, min_size=1, max_size=4),
        max_leaves=12,
    ),
    min_size=1,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to all plain values below mappings."""
    if isinstance(value, dict):
        return [found for key, below in value.items() for found in places(below, (*path, key))]
    return [path]


@budget(max_examples=60)
@given(MAPPINGS, st.sampled_from(["a.json", "a.yaml"]), st.randoms(use_true_random=False))
def test_an_edit_at_any_place_is_found_as_just_that(value: dict[str, Any], path: str, random: Any) -> None:
    place = random.choice(places(value))
    edited = json.loads(json.dumps(value))
    holder = edited
    for key in place[:-1]:
        holder = holder[key]
    assume(holder[place[-1]] != "edited")
    holder[place[-1]] = "edited"
    found = changed(path, json.dumps(value).encode(), json.dumps(edited).encode())
    spelt = ".".join(json.dumps(key, ensure_ascii=False) if set(key) & set(". ") else key for key in place)
    assert [(each.key, each.after) for each in found.changes] == [(spelt, '"edited"')]


def test_numbers_beyond_all_bounds_are_compared_as_they_are_written() -> None:
    digits = "1" * 5000
    for path, frame in (("a.yaml", "a: {}"), ("a.json", '{{"a": {}}}'), ("a.toml", "a = 0x{}"), ("a.py", "a = 0x{}")):
        assert list(told(path, frame.format(digits), frame.format(f"{digits}2"))) == ["a"]
        assert told(path, frame.format(digits), f"{frame.format(digits)}\n") == {}


@pytest.mark.untraced
@pytest.mark.parametrize(
    ("path", "content", "reason"),
    [
        ("a.json", json.dumps([[number] for number in range(60_000)]), "holds more than 100000 values"),
        ("a.yaml", "[" + "1," * 100_001 + "]", "holds more than 100000 values"),
        ("a.yaml", "\n%TAG !a! t" * 101, "is not YAML"),
        ("a.yaml", BOMB.decode(), "holds more than 100000 values"),
        ("a.yaml", f"x: &x {'s' * 500_000}\ny: [{'*x, ' * 9}]", "unfolds by its aliases beyond measure"),
        (
            "a.json",
            json.dumps({"k" * 200_000: dict.fromkeys(map(str, range(200)), 1)}),
            "holds more than anybody would read",
        ),
    ],
)
def test_a_file_that_holds_too_much_says_so(path: str, content: str, reason: str) -> None:
    found = changed(path, None, content.encode())
    assert str(found.unreadable).removesuffix(" after the change") == reason


def test_yaml_is_read_without_the_fast_parser_too_where_that_takes_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yaml.__with_libyaml__", False)
    assert told("a.yaml", "a: {b: 1e-4}", "a: {b: 3e-4}") == {"a.b": ("1e-4", "3e-4")}
    assert "fast parser" in str(changed("a.yaml", None, b"a: 1\n" * 20_000).unreadable)


def test_odd_yaml_is_told_as_it_stands() -> None:
    before = "? [a, b]\n: 1\nx: ! 1\nwhen: 2025-01-02\nhalf: 1:30\nset: !!set {a}\n<<: 3\nraw: !!binary aGk=\n"
    after = before.replace("1\n", "2\n", 1).replace("01-02", "01-03").replace("1:30", "1:31").replace("<<: 3", "<<: 4")
    assert told("a.yaml", before, after.replace("{a}", "{b}").replace("aGk=", "aGo=")) == {
        '"[a, b]"': ("1", "2"),
        "when": ("2025-01-02", "2025-01-03"),
        "half": ("1:30", "1:31"),
        "set.a": ("null", None),
        "set.b": (None, "null"),
        "<<": ("3", "4"),
        "raw": ("!!binary aGk=", "!!binary aGo="),
    }


def test_times_and_truth_in_toml_are_spelt_as_toml_does() -> None:
    before = "a = 2025-01-02\nb = true\nc = [{d = 1}, {d = 2}]\n"
    assert told("a.toml", before, before.replace("01-02", "01-03").replace("true", "false").replace("2}", "3}")) == {
        "a": ("2025-01-02", "2025-01-03"),
        "b": ("true", "false"),
        "c[1].d": ("2", "3"),
    }


@pytest.mark.parametrize(
    ("code", "keys"),
    [
        ("lr, decay = 1e-3, 0.1\na = b = 2", {"lr": "1e-3", "decay": "0.1", "a": "2", "b": "2"}),
        ("if debug:\n    lr = 1\nelse:\n    lr = 2", {"lr": "[1, 2]"}),
        ("for _ in x:\n    count = 0\nwhile True:\n    y = 1", {}),
        ("__all__ = ['a']\nother = name\nseen = {}\nmade = make(3)", {}),
        (
            "class A:\n    x: list = field(default_factory=list)\n    y: int = Field(...)\n    z = attr.ib(default=3)",
            {"A.x": "list", "A.z": "3"},
        ),
        (
            "@app.command()\ndef f(n: int = typer.Option(default=2), m: str = typer.Argument('x')): ...",
            {"--n": "2", "m": "'x'"},
        ),
        ("@app.command()\ndef f(*, n_layers=2): ...\ndef g(n=3): ...", {"--n-layers": "2"}),
        ("p.add_argument('name', nargs='?', default=X.y)\np.add_argument('--need', required=True)", {"name": "X.y"}),
        (
            "a = {'x': 1, **more}\nb = dict(base, x=1)\nc = {'x': {'y': [1, -2]}}",
            {"a": "{'x': 1, **more}", "c.x.y": "[1, -2]"},
        ),
        ("x = 1\nclass x:\n    y = 2", {"x": "1"}),
        ("text = '''a\nb'''", {"text": r"'a\nb'"}),
        ("x = [\n  1,  # '#'\n  '#',\n]", {"x": "[1, '#',]"}),
    ],
)
def test_of_python_code_what_is_plain_is_told(code: str, keys: dict[str, str]) -> None:
    assert {key: after for key, (_, after) in told("a.py", "", code).items()} == keys


def test_a_long_list_of_plain_values_that_is_new_is_one_value() -> None:
    ((key, (before, after)),) = told("a.json", "{}", json.dumps({"a": {"b": list(range(300))}})).items()
    assert (key, before) == ("a.b", None)
    assert str(after).startswith("[0, 1, 2, ")
    assert str(after).endswith("…")
