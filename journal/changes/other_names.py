"""The definitions in code of other languages than Python, found line by line.

No language is parsed here: a line that looks like a definition begins one, and it ends with the line that closes it at
the same indentation. So it holds for code that is laid out as people do it, and says less, not more, of other code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from journal.changes.python import shape
from journal.changes.python_names import MAX_NAME, Definition
from journal.model.change import NameKind

_LONGEST = 500  # characters of a line in which a definition is looked for

_C_CLASS = r"(?:typedef\s+)?(?:(?:enum\s+)?(?:class|struct)|enum|union|namespace)\s+(?P<name>\w++)(?!\s*+[\w*&(;])"
_JS_NAME = r"(?P<name>[\w$#]++)"
_JS_START = r"(?:export\s++)?(?:default\s++)?(?:declare\s++)?(?:abstract\s++)?(?:async\s++)?"
_JS_MODIFIERS = r"(?:(?:public|private|protected|static|override|readonly|async|get|set)\s++)*+\*?"
_RUST_START = r"(?:pub(?:\([\w: ]*+\))?\s++)?(?:(?:const|async|unsafe|default|extern(?:\s++\"\w*+\")?)\s++)*+"


@dataclass(frozen=True)
class Language:
    """How definitions of a language begin and end.

    Attributes:
        classes: How lines begin that begin what holds other definitions; the group `name` is its name.
        functions: The same of functions; a group `of` is the class of a method that stands by itself.
        members: The same of functions in classes only.
        closing: What a line begins with that ends a definition.
        comments: What a line begins with that is none of the code.
    """

    classes: tuple[str, ...]
    functions: tuple[str, ...]
    members: tuple[str, ...] = ()
    closing: str = "}"
    comments: tuple[str, ...] = ("//", "/*", "* ", "*/")

    def found(self, line: str, *, in_class: bool) -> tuple[str, NameKind] | None:
        """The name that a line begins to define, and what it is."""
        for kind, patterns in ((NameKind.CLASS, self.classes), (NameKind.FUNCTION, self.functions)):
            for pattern in patterns + (self.members if in_class and kind is NameKind.FUNCTION else ()):
                match = re.match(pattern, line)
                if match:
                    of = match.groupdict().get("of")
                    name = f"{of}.{match['name']}" if of else match["name"]
                    return name, NameKind.METHOD if kind is NameKind.FUNCTION and (of or in_class) else kind
        return None


class _CFamily(Language):
    """C, C++ and CUDA, whose functions begin with a type and not with a word."""

    def found(self, line: str, *, in_class: bool) -> tuple[str, NameKind] | None:
        if match := re.match(_C_CLASS, line):
            return match["name"], NameKind.CLASS
        line = re.sub(r"__launch_bounds__\s*+\([^()]*+\)|extern\s++\"C\"|\[\[\w++\]\]", " ", line)
        head, bracket, _ = line.partition("(")
        words = head.split()
        if not bracket or not re.fullmatch(r"[A-Za-z_~][\w:<>,*&\s~]*+", head) or words[0] in _C_WORDS:
            return None
        name = words[-1].lstrip("*&")
        if not re.fullmatch(r"~?\w+(?:::~?\w+)*+", name) or not (len(words) > 1 or "::" in name or in_class):
            return None
        is_method = in_class or "::" in name
        return name.replace("::", "."), NameKind.METHOD if is_method else NameKind.FUNCTION


_C_WORDS = {
    *("return", "else", "if", "for", "while", "switch", "case", "do", "goto"),
    *("new", "delete", "throw", "using", "typedef", "static_assert"),
}

_C = _CFamily((), ())
_JS = Language(
    (rf"{_JS_START}(?:class|interface|enum|namespace)\s++{_JS_NAME}",),
    (
        rf"{_JS_START}function\b\s*+\*?\s*+{_JS_NAME}",
        rf"{_JS_START}(?:const|let|var)\s++{_JS_NAME}[^=]*+=\s*+(?:async\s++)?(?:function\b|\([^()]*+\)[^=]*+=>|[\w$]++\s*+=>)",
    ),
    (rf"{_JS_MODIFIERS}(?!(?:if|for|while|switch|catch|return)\b){_JS_NAME}\s*+(?:<[^()]*+>)?\(.*\{{$",),
)
_RUST = Language(
    (
        rf"{_RUST_START}(?:struct|enum|trait|union|mod)\s++(?P<name>\w++)(?!.*;$)",
        rf"{_RUST_START}impl\b[^{{]*?\sfor\s++(?:\w++::)*+(?P<name>\w++)",
        rf"{_RUST_START}impl(?:<[^{{]*?>)?\s++(?:\w++::)*+(?P<name>\w++)",
    ),
    (rf"{_RUST_START}fn\s++(?P<name>\w++)",),
)
_GO = Language(
    (r"type\s++(?P<name>\w++)(?:\[[^]]*+\])?\s++(?:struct|interface)\b",),
    (r"func\s*+\(\s*+(?:\w++\s++)?\*?(?P<of>\w++)[^)]*+\)\s*+(?P<name>\w++)", r"func\s++(?P<name>\w++)"),
)
_JULIA = Language(
    (r"(?:mutable\s++)?struct\s++(?P<name>[^\s{<(]++)",),
    (
        r"(?:@\w++\s++)*+(?:function|macro)\s++(?P<name>[^\s({]++)",
        r"(?:@\w++\s++)*+(?P<name>[^\W\d][\w!.]*+)\([^()]*+\)\s*+=(?!=)",
    ),
    closing="end",
    comments=("#",),
)
_R = Language((), (r"(?P<name>[\w.]++)\s*+(?:<-|=)\s*+function\b",), comments=("#",))
_SHELL = Language(
    (), (r"function\s++(?P<name>[\w:.-]++)", r"(?P<name>[\w:.-]++)\s*+\(\s*+\)\s*+(?:\{|$)"), comments=("#",)
)

LANGUAGES = {
    **dict.fromkeys((".c", ".h", ".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx", ".cu", ".cuh"), _C),
    **dict.fromkeys((".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts"), _JS),
    **dict.fromkeys((".sh", ".bash", ".zsh"), _SHELL),
    ".rs": _RUST,
    ".go": _GO,
    ".jl": _JULIA,
    ".r": _R,
}
"""Languages by the suffix of their files."""


@dataclass(slots=True)
class _Open:
    """A definition that has not ended."""

    name: str
    kind: NameKind
    indent: int
    opened: bool
    lines: list[str] = field(default_factory=list)


def other_names(language: Language, text: str) -> dict[str, Definition]:
    """The functions, methods and classes of code by their dotted names; functions in functions belong to these.

    Neither lines of comments count nor how a line is indented; what stands behind code on its line does.
    """
    reading = _Reading(language)
    for line in text.splitlines():
        bare = line.strip()
        if bare and not bare.startswith(language.comments):
            reading.take(bare, len(line) - len(line.lstrip()))
    reading.finish(0)
    return reading.found


class _Reading:
    """Takes code line by line."""

    def __init__(self, language: Language) -> None:
        self.found: dict[str, Definition] = {}
        self._language = language
        self._open: list[_Open] = []

    def take(self, line: str, indent: int) -> None:
        """The next line that is code."""
        while self._open and self._is_over(self._open[-1], line, indent):
            self.finish(len(self._open) - 1)
        first = self._begin(line, indent)
        if not self._open:
            return
        top = self._open[-1]
        top.lines.append(" ".join(line.split()))
        braces = self._language.closing == "}"
        top.opened |= braces and "{" in line
        closes = not first and indent <= top.indent and line.startswith(self._language.closing)
        if top.opened and (closes or (first and braces and line.count("{") == line.count("}"))):
            self.finish(len(self._open) - 1)

    def _is_over(self, top: _Open, line: str, indent: int) -> bool:
        """Whether a definition has ended without being closed: a short one, or a mere announcement."""
        if top.opened or indent > top.indent:
            return False
        return line[0] not in "{)" and not top.lines[-1].endswith((",", "("))

    def _begin(self, line: str, indent: int) -> bool:
        if len(line) > _LONGEST or (self._open and self._open[-1].kind is not NameKind.CLASS):
            return False
        if self._open and len(self._open[-1].name) > MAX_NAME:
            return False
        found = self._language.found(line, in_class=bool(self._open))
        if found is None:
            return False
        scope = f"{self._open[-1].name}." if self._open else ""
        ends_with_word = self._language.closing == "end" and not re.search(r"\)\s*=", line)
        self._open.append(_Open(f"{scope}{found[0]}", found[1], indent, opened=ends_with_word))
        return True

    def finish(self, level: int) -> None:
        """End all definitions from a level on; what never began to say anything is only announced, and left out."""
        while len(self._open) > level:
            top = self._open.pop()
            if top.opened or "=>" in top.lines[0] or not top.lines[-1].endswith(";"):
                definition = self.found.setdefault(top.name, Definition(top.kind))
                definition.sums.append(shape(top.lines))
