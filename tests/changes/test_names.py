from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

import journal
from journal.changes import names
from journal.changes.names import touched
from stopwatch import seconds

if TYPE_CHECKING:
    from collections.abc import Callable


def told(path: str, before: str | None, after: str | None) -> list[str]:
    """What was touched, as `added function f`; the file must be readable."""
    found = touched(path, None if before is None else before.encode(), None if after is None else after.encode())
    assert found.unreadable is None
    return [f"{each.change} {each.kind} {each.name}" for each in found.changes]


MODULE = '''\
"""What it is for."""
import torch

RATE = compute(3)


class Model(nn.Module):
    """A model."""

    width = 3

    def __init__(self, width):
        self.width = width

    @property
    def size(self):
        return self.width

    @size.setter
    def size(self, value):
        self.width = value

    class Head:
        def forward(self, x):
            return x


@torch.no_grad()
def evaluate(model):
    """Evaluate."""
    def one(batch):
        return model(batch)
    return [one(batch) for batch in batches]


try:
    import fast
except ImportError:
    def fast(x):
        return x
'''


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("self.width = width", "self.width = 2 * width", ["modified method Model.__init__"]),
        ("self.width = value", "self.width = 2 * value", ["modified method Model.size"]),
        ("            return x\n\n", "            return 2 * x\n\n", ["modified method Model.Head.forward"]),
        ("width = 3", "width = 4", ["modified class Model"]),
        ("class Model(nn.Module)", "class Model(Base)", ["modified class Model"]),
        ("@torch.no_grad()", "@torch.inference_mode()", ["modified function evaluate"]),
        ("return model(batch)", "return model(batch).mean()", ["modified function evaluate"]),
        ("compute(3)", "compute(4)", ["modified constant RATE"]),
        ("ImportError", "OSError", ["modified function fast"]),
        ("def evaluate(", "async def evaluate(", ["modified function evaluate"]),
        ("def evaluate(", "def test(", ["added function test", "deleted function evaluate"]),
        ("import torch", "import torch as t", []),
        ("", "", []),
        ('    """Evaluate."""\n', "", []),
        ('"""A model."""', '"""Another model."""', []),
        ("return self.width", "return (self.width)  # the width", []),
        ("    class Head:", "    class Tail:", ["added class Model.Tail", "deleted class Model.Head"]),
    ],
)
def test_what_a_change_touches_is_named(old: str, new: str, said: list[str]) -> None:
    assert old in MODULE
    assert told("model.py", MODULE, MODULE.replace(old, new, 1)) == said


def test_of_a_class_that_is_new_or_gone_the_members_are_not_named() -> None:
    everything = ["constant RATE", "class Model", "function evaluate", "function fast"]
    assert told("model.py", None, MODULE) == [f"added {each}" for each in everything]
    assert told("model.py", MODULE, "") == [f"deleted {each}" for each in everything]


def test_a_move_within_the_file_is_no_change() -> None:
    first, second = "def f():\n    return 1\n\n", "class A:\n    def g(self): ...\n    def h(self): ...\n"
    moved = "class A:\n    def h(self): ...\n    def g(self): ...\n"
    assert told("a.py", first + second, moved + first) == []


def test_another_definition_of_the_same_name_changes_it() -> None:
    one = "@overload\ndef f(x: int): ...\ndef f(x): return x\n"
    assert told("a.py", one, "@overload\ndef f(x: str): ...\n" + one) == ["modified function f"]
    assert told("a.py", "if a:\n    def f(): 1\n", "if b:\n    def f(): 1\n") == ["modified function f"]


def test_code_that_stands_deeper_now_is_the_same_code_only_where_its_conditions_are() -> None:
    function = "def f():\n    return '''a\n    b'''\n"
    assert told("a.py", function, "if True:\n" + textwrap.indent(function, "    ")) == ["modified function f"]
    assert told("a.py", "class A:\n  def f(self): return 1\n", "class A:\n    def f(self):\n        return 1\n") == []


def test_the_cells_of_a_notebook_are_one_module() -> None:
    def notebook(step: int) -> str:
        cells = ["%load_ext x\ndef f():\n    return 1\n", f"def g():\n    !ls\n    return {step}\n"]
        markdown = {"cell_type": "markdown", "source": "def no(): pass"}
        return json.dumps({"cells": [markdown, *({"cell_type": "code", "source": source} for source in cells)]})

    assert told("a.ipynb", notebook(1), notebook(2)) == ["modified function g"]


CUDA = """\
#include <x>
struct Pair { int a; };
int announced(int a,
              int b);
__global__ void __launch_bounds__(256) kernel(const float* a,
                                              float* b) {
  int i = first(a,
    b);
  b[i] = a[i];
}
void Net::reset(int x)
{
  x++;
}
class Wide : public Net {
 public:
  float forward(float x) const {
    return x * w_;
  }
  int w_;
};
"""
SCRIPT = """\
export class Model extends Base {
  async load(path) {
    if (path) {
      open(path);
    }
  }
}
export default function train(a) {
  return a;
}
const add = (a, b) => a + b;
"""
RUST = """\
pub struct Net { w: i32 }
impl<T> Layer for crate::Net<T> {
    pub fn forward(&self) -> i32 {
        1
    }
}
pub async fn main() {
    let x = 2;
}
"""
GO = "type Net struct {\n\tw int\n}\n\nfunc (n *Net) Run(x int) error {\n\treturn 1\n}\n\nfunc main() {\n\trun(2)\n}\n"
JULIA = """\
mutable struct Net{T}
  w
end
function run!(x)
  if x
    1
  end
  2
end
twice(x::Vec{T}) = 2x
function last(x)
  4
end
"""


@pytest.mark.parametrize(
    ("path", "code", "old", "new", "said"),
    [
        ("a.cu", CUDA, "b[i] = a[i]", "b[i] = 2 * a[i]", "modified function kernel"),
        ("a.cpp", CUDA, "x++", "x--", "modified method Net.reset"),
        ("a.cpp", CUDA, "x * w_", "x", "modified method Wide.forward"),
        ("a.h", CUDA, "int w_", "long w_", "modified class Wide"),
        ("a.h", CUDA, "int a; }", "long a; }", "modified class Pair"),
        ("a.ts", SCRIPT, "open(path)", "close(path)", "modified method Model.load"),
        ("a.js", SCRIPT, "return a", "return 2 * a", "modified function train"),
        ("a.js", SCRIPT, "a + b", "a - b", "modified function add"),
        ("a.rs", RUST, "w: i32", "w: i64", "modified class Net"),
        ("a.rs", RUST, "        1", "        2", "modified method Net.forward"),
        ("a.rs", RUST, "x = 2", "x = 3", "modified function main"),
        ("a.go", GO, "return 1", "return 2", "modified method Net.Run"),
        ("a.go", GO, "run(2)", "run(3)", "modified function main"),
        ("a.jl", JULIA, "  w\n", "  w\n  v\n", "modified class Net"),
        ("a.jl", JULIA, "  2\nend", "  3\nend", "modified function run!"),
        ("a.jl", JULIA, "= 2x", "= 3x", "modified function twice"),
        ("a.jl", JULIA, "  4\n", "  5\n", "modified function last"),
        ("a.R", "f <- function(x) {\n  1\n}\n", "1", "2", "modified function f"),
        ("a.sh", "run() {\n  a\n}\nfunction go {\n  b\n}\n", "b", "c", "modified function go"),
    ],
)
def test_definitions_in_other_languages_are_found_by_their_layout(
    path: str, code: str, old: str, new: str, said: str
) -> None:
    assert told(path, code, code.replace(old, new, 1)) == [said]


@pytest.mark.parametrize("path", ["a.cu", "a.ts", "a.rs", "a.go"])
def test_in_other_languages_too_layout_comments_and_what_is_only_announced_are_no_change(path: str) -> None:
    code = {"a.cu": CUDA, "a.ts": SCRIPT, "a.rs": RUST, "a.go": GO}[path]
    assert told(path, code, "// new\n" + code.replace("\n", "\r\n").replace("int b);", "long b);")) == []


def test_a_file_without_code_is_not_looked_at() -> None:
    assert not any(map(names.reads, ["a.md", "a.yaml", "py", "Makefile"]))
    assert all(map(names.reads, ["a/b.py", "a.pyi", "a.ipynb", "a.CU", "a.h", "a.tsx", "a.R"]))
    assert touched("a.md", b"def f(): 1", b"def f(): 2").changes == ()


@pytest.mark.parametrize("content", [b"print 'old'", b"x = 1\0", b"\xff", b"(" * 50_000, b"x = " + b"not " * 100_000])
def test_code_that_cannot_be_read_gives_no_names_and_says_so(content: bytes) -> None:
    found = touched("a.py", b"def f(): pass", content)
    assert found.changes == ()
    assert str(found.unreadable).endswith(" after the change")


HOSTILE: dict[str, Callable[[int], bytes]] = {
    "long name.py": lambda n: b"class " + b"A" * 800 * n + b":\n" + b" def a(s): 0\n" * 2000,
    "elif.py": lambda n: b"if a: pass\n" + b"elif a: pass\n" * 4 * n,
    "sum.py": lambda n: b"def f():\n  return " + b"1+" * 4 * n + b"1\nX = 0x" + b"f" * 20 * n,
    "namespaces.cpp": lambda n: b"namespace a {\n" * 300 * n,
    "words.c": lambda n: (b"a " * n + b"(\n") * 2000,
    "get.js": lambda n: (b"get " * (n // 2) + b"\n") * 2000,
    "impl for.rs": lambda n: (b"impl " + b"for " * (n // 2) + b"\n") * 2000,
    "impl.rs": lambda n: (b"impl<" * (n // 3) + b"\n") * 2000,
    "macros.jl": lambda n: (b"@a " * (2 * n // 3) + b"\n") * 2000,
    "blanks.ipynb": lambda n: json.dumps({"cells": [{"cell_type": "code", "source": " \t" * 1000 * n}]}).encode(),
}
"""Code by how much of it there is; lines and nesting are as long and as deep as they may be where `n` is 240."""


@pytest.mark.parametrize("path", HOSTILE)
def test_hostile_code_takes_time_in_proportion_to_its_length(path: str) -> None:
    def taken(n: int) -> float:
        content = HOSTILE[path](n)
        return seconds(lambda: touched(path, content, content + b"\n"))

    taken(1)
    small, large = taken(60), taken(240)
    # Four times the code: quadratic time would be sixteen times as long.
    assert large < 9 * small + 0.1


HOUSE = sorted(Path(journal.__file__).parent.rglob("*.py"))


@budget(max_examples=20)
@given(st.sampled_from(HOUSE), st.sampled_from(["\n# the end\n", "\r\n", "\n\n\n"]))
def test_no_module_differs_from_itself(path: Path, end: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert told("a.py", text, f"# top\n{text}{end}") == []
    assert told("a.py", text, f"import os\n{text}") == []


@budget(max_examples=20)
@given(st.sampled_from(HOUSE), st.sampled_from(HOUSE))
def test_what_one_version_adds_the_other_way_round_is_deleted(one: Path, other: Path) -> None:
    there, back = (
        told("a.py", a.read_text(encoding="utf-8"), b.read_text(encoding="utf-8"))
        for a, b in ((one, other), (other, one))
    )
    swapped = {"added": "deleted", "deleted": "added", "modified": "modified"}
    assert {each.split()[2] for each in there} == {each.split()[2] for each in back}
    assert sorted(swapped[each.split()[0]] for each in there) == sorted(each.split()[0] for each in back)
