"""The journal's settings and its layout on disk.

A journal is a folder with a `journal.toml`, or with `[tool.journal]` in its `pyproject.toml`.
It is found by walking up from the working folder.
"""

import os
import re
import tomllib
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from journal.errors import ConfigError, NotWritable

CONFIG_NAME = "journal.toml"
README = "README.md"

DEFAULT_SECTIONS = ("Context", "Change", "Rationale", "Runs", "Results", "Next steps")

MIN_DIGEST = 10_000
"""Smallest size, in bytes, that the digest of a run may be limited to: what identifies the run always fits in."""

MAX_WAIT = 1_000_000
"""The longest that a server may be waited for, in seconds: more than eleven days."""

_IGNORE_ALL = b"*\n"
_OFFLINE = {"offline", "dryrun", "disabled"}
_LINKS = {
    "commit": {"sha"},
    "compare": {"a", "b"},
    "file": {"sha", "file"},
    "line": {"sha", "file", "first"},
    "lines": {"sha", "file", "first", "last"},
}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_WEB_ADDRESS = re.compile(r"(?:\{site\}|https?://(?:[A-Za-z0-9._-]+|\[[0-9a-fA-F:]+\])(?::[0-9]+)?)/([!-~]*)")
_HOST_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9a-fA-F]*(?::[0-9a-fA-F]*){2,}")
_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)")


def _inside(folder: str) -> str:
    if Path(folder).is_absolute() or ".." in Path(folder).parts:
        raise ValueError(f"{folder!r} does not lie in the journal")
    return folder


Folder = Annotated[str, Field(min_length=1)]
Inside = Annotated[Folder, AfterValidator(_inside)]
Seconds = Annotated[float, Field(gt=0, le=MAX_WAIT, allow_inf_nan=False)]
HostKind = Literal["github", "gitlab", "bitbucket", "bitbucket-server", "gitea", "forgejo", "gitee"]


class HostLinks(BaseModel):
    """Where a host shows commits and files: as hosts of a kind do, and by patterns of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: HostKind | None = None
    """The kind of host whose links it has, but for the patterns that are given."""
    commit: str | None = None
    """A commit: `https://git.lab.example/{path}/commit/{sha}`, where `path` is the repository's."""
    compare: str | None = None
    """What commit `b` has that `a` has not."""
    file: str | None = None
    """The file `file` at commit `sha`."""
    line: str | None = None
    """Line `first` of it."""
    lines: str | None = None
    """Lines `first` to `last` of it."""

    @model_validator(mode="before")
    @classmethod
    def _of_a_kind(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"kind": value}
        if not isinstance(value, dict) or not value:
            raise ValueError('must be a kind of host such as "gitlab", or a table of URL patterns')
        return value

    @field_validator(*_LINKS)
    @classmethod
    def _link(cls, pattern: str, told: ValidationInfo) -> str:
        needed = _LINKS[str(told.field_name)]
        address = _WEB_ADDRESS.fullmatch(pattern)
        if address is None or set("{}") & set(_PLACEHOLDER.sub("", address[1])):
            raise ValueError(f"{pattern!r} is not a web address such as https://git.lab.example/{{path}}/…")
        named = set(_PLACEHOLDER.findall(address[1]))
        if unknown := sorted(named - needed - {"path"}):
            raise ValueError(f"{{{unknown[0]}}} stands for nothing here; there are {_listed({*needed, 'path'})}")
        if missing := needed - named:
            raise ValueError(f"lacks {_listed(missing)}")
        return pattern


def _host_names(hosts: dict[str, HostLinks]) -> dict[str, HostLinks]:
    for name in hosts:
        if not _HOST_NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not a host's name alone, such as git.lab.example")
    return {name.lower(): links for name, links in hosts.items()}


def _listed(placeholders: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(placeholders))


class Checking(BaseModel):
    """Which findings `journal check` tells; a code of a rule, or the beginning of some: `LIF`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    select: tuple[Folder, ...] = ()
    """The rules that count; all of them if none is named."""
    ignore: tuple[Folder, ...] = ()
    """Rules that do not."""
    per_entry: dict[Folder, tuple[Folder, ...]] = Field(default_factory=dict, alias="per-entry")
    """Rules that do not count for some files: patterns such as `entries/old/*`."""
    allow: tuple[Folder, ...] = ()
    """Paths and hosts that may be published: `/mnt/open`, `nas.local`; what lies below a path may be, too."""
    pending_days: Annotated[int, Field(ge=1, alias="pending-days")] = 30
    """After how many days a result that is still pending is told of as forgotten."""
    baseline: Inside = "journal-baseline.json"
    """The file of findings that were there when checking began, relative to the journal."""


class Online(BaseModel):
    """Which servers runs are read from, and how long they are waited for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = False
    """Whether servers are asked without `--online`."""
    host: Folder | None = None
    """Address of the W&B server, `https://api.wandb.ai`; by default the one that the SDK is set up for."""
    projects: tuple[Folder, ...] = ()
    """Projects, `entity/project`, that runs are looked for in beside the one that `entity` and `project` name."""
    first: Literal["local", "server"] = "local"
    """What counts where a run lies both in a folder and on a server."""
    timeout: Seconds = 60.0
    """Seconds that one answer of a server is waited for."""
    deadline: Seconds = 900.0
    """Seconds that all answers together are waited for in one command."""
    mlflow: Folder | None = None
    """Address of an MLflow tracking server."""


class Publishing(BaseModel):
    """What the published site tells beside entries and evidence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    uncited: bool = False
    """Whether filling all entries also records which runs no entry cites."""


class Reach(NamedTuple):
    """What a command was told about the network.

    Attributes:
        online: Whether servers may be asked; None leaves it to the settings.
        refresh: Whether what was fetched before is asked for again.
    """

    online: bool | None = None
    refresh: bool = False


AS_SET = Reach()
"""Nothing was said: the settings decide."""


class Settings(BaseModel):
    """What `journal.toml` may say. Every setting has a default that suits a new repository."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = "Experiment journal"
    """The journal's name, shown on the site."""
    entries: Inside = "entries"
    """Folder of the entries, relative to the journal."""
    evidence: Inside = "evidence"
    """Folder of the evidence, relative to the journal; committed to git."""
    templates: Inside = "templates"
    """Folder of the templates, relative to the journal."""
    runs: tuple[Folder, ...] = ("wandb",)
    """Folders that hold run folders, relative to the journal or absolute."""
    entity: str | None = None
    """The W&B entity that bare run ids belong to."""
    project: str | None = None
    """The W&B project that bare run ids belong to."""
    sections: tuple[str, ...] = DEFAULT_SECTIONS
    """The level-2 headings that an entry from the default template is expected to have."""
    people: dict[Annotated[str, Field(min_length=1)], Literal["human", "agent"]] = {}
    """What those are who write and review, by name; only a human's review counts as verified."""
    repositories: dict[Annotated[str, Field(min_length=1)], Folder] = {}
    """Clones of other repositories whose commits entries name: folder, relative or absolute, by remote address."""
    hosts: Annotated[dict[str, HostLinks], AfterValidator(_host_names)] = {}
    """Where hosts of git repositories show commits and files, by the host's name: a kind of host, or URL patterns."""
    check: Checking = Checking()
    """Which findings `journal check` tells."""
    online: Online = Online()
    """Which servers runs are read from."""
    site: Publishing = Publishing()
    """What the published site tells beside entries and evidence."""
    docs: Folder | None = None
    """A folder of pages of your own that the site shows beside the entries."""
    digest_bytes: Annotated[int, Field(ge=MIN_DIGEST)] = 100_000
    """Largest size of a run's digest in the evidence, in bytes."""


_PLAINLY = {
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), "must be a table"),
    **dict.fromkeys(("tuple_type", "list_type"), "must be a list"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "must be a whole number"),
    "string_type": "must be a text in quotes",
    "string_too_short": "must not be empty",
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be more than {gt:g}",
    "less_than_equal": "must be at most {le:.0f}",
    "finite_number": "must be a finite number",
    **dict.fromkeys(("bool_type", "bool_parsing"), "must be true or false"),
    **dict.fromkeys(("float_type", "float_parsing"), "must be a number"),
}
"""What is wrong with a setting in plain words, by what pydantic calls it."""

_PARTS: dict[Any, type[BaseModel]] = {"hosts": HostLinks, "check": Checking, "online": Online, "site": Publishing}


class Config:
    """Settings, and where they put things.

    Attributes:
        root: The journal's folder, absolute and resolved.
        settings: What the configuration file says.
        source: The file the settings were read from.
        read_only: Whether nothing that is derived is kept: `make_derived` makes no folder then.
        reach: What the command was told about the network.
    """

    def __init__(
        self, root: Path, settings: Settings, source: Path, *, read_only: bool = False, reach: Reach = AS_SET
    ) -> None:
        self.root = root
        self.settings = settings
        self.source = source
        self.read_only = read_only
        self.reach = reach

    @cached_property
    def entries(self) -> Path:
        """Folder of the entries."""
        return self.root / self.settings.entries

    @cached_property
    def evidence(self) -> Path:
        """Folder of the evidence."""
        return self.root / self.settings.evidence

    @property
    def templates(self) -> Path:
        """Folder of the journal's own templates."""
        return self.root / self.settings.templates

    @property
    def offline(self) -> str | None:
        """Why no server may be asked, in words; None if servers may be."""
        mode = os.environ.get("WANDB_MODE", "")
        if self.reach.online is False:
            return "--offline was given"
        if mode.lower() in _OFFLINE:
            return f"WANDB_MODE={mode} keeps it off the network"
        if not (self.reach.online or self.reach.refresh or self.settings.online.enabled):
            return "servers are asked only when told to"
        return None

    @property
    def to_be_online(self) -> str:
        """What to do so that servers are asked."""
        if self.reach.online is False:
            return "leave out --offline"
        if os.environ.get("WANDB_MODE", "").lower() in _OFFLINE:
            return "unset WANDB_MODE"
        return "run it again with `--online`, or set `enabled = true` under [online] in the configuration"

    @property
    def is_journal(self) -> bool:
        """Whether there is a journal, and not only the settings of one where there is none."""
        return os.path.isfile(self.source)  # noqa: PTH113 - Path.is_file raises where it may not look

    @property
    def derived(self) -> Path:
        """Folder of what can be thrown away and rebuilt; `make_derived` makes it."""
        return self.root / ".journal"

    def make_derived(self) -> Path:
        """The folder of what is derived, made where missing, with the file by which it ignores itself in git.

        Raises:
            NotWritable: It leads out of the journal, the disk refuses, or nothing shall be kept.
        """
        if self.read_only:
            raise NotWritable("is not to be written", path=self.derived, hint="leave out --read-only")
        ignore, temporary = self.derived / ".gitignore", self.derived / f".gitignore.{os.urandom(4).hex()}"
        if not self.derived.resolve().is_relative_to(self.root.resolve()):
            raise NotWritable("does not lie in the journal", path=self.derived, hint=f"it must lie in {self.root}")
        try:
            if not ignore.is_file() or ignore.read_bytes() != _IGNORE_ALL:
                self.derived.mkdir(exist_ok=True)
                try:
                    temporary.write_bytes(_IGNORE_ALL)
                    temporary.replace(ignore)
                finally:
                    temporary.unlink(missing_ok=True)
        except OSError as error:
            raise NotWritable(f"cannot be written: {error.strerror}", path=ignore) from error
        return self.derived

    @property
    def runs(self) -> tuple[Path, ...]:
        """Folders that hold run folders."""
        return tuple(self.root / folder for folder in self.settings.runs)

    def relative(self, path: Path) -> str:
        """`path` as the journal names it: relative to the root, with forward slashes."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)


def is_entry(path: str) -> bool:
    """Whether a file is an entry by its name: Markdown, no README, and not hidden.

    Args:
        path: The file, relative to the folder of entries, with forward slashes.
    """
    *folders, name = path.split("/")
    return name.endswith(".md") and name != README and not any(part.startswith(".") for part in (*folders, name))


def find(start: Path, *, read_only: bool = False, reach: Reach = AS_SET) -> Config:
    """The journal that `start` lies in.

    Args:
        start: A folder of it.
        read_only: Whether nothing that is derived shall be kept.
        reach: What the command was told about the network.

    Raises:
        ConfigError: There is none, or its configuration cannot be read.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        config = load(folder, read_only=read_only, reach=reach)
        if config is not None:
            return config
    raise ConfigError(f"no journal in {start} or above it", hint="run `journal init` in your repository")


def load(folder: Path, *, read_only: bool = False, reach: Reach = AS_SET) -> Config | None:
    """The journal whose root is `folder`, or None if it is not one."""
    own = folder / CONFIG_NAME
    if os.path.isfile(own):  # noqa: PTH113  (Path.is_file fails where a folder above may not be entered)
        return Config(folder, _settings(_toml(own), own), own, read_only=read_only, reach=reach)
    project = folder / "pyproject.toml"
    if os.path.isfile(project) and b"journal" in _bytes(project):  # noqa: PTH113
        tool = _toml(project).get("tool")
        table = tool.get("journal") if isinstance(tool, dict) else None
        if table is not None:
            return Config(folder, _settings(table, project), project, read_only=read_only, reach=reach)
    return None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", path=path) from error


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_bytes(path).decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ConfigError("is not UTF-8", path=path, hint="save it as UTF-8") from error
    except (ValueError, RecursionError) as error:  # besides its own errors, what it meets in huge numbers and depths
        place = _PLACE.search(str(error))
        line, column = map(int, place.groups()) if place else (None, None)
        said = str(error)[: place.start()] if place else str(error)
        raise ConfigError(f"is not TOML: {said}", path=path, line=line, column=column) from error


def _settings(table: dict[str, Any], path: Path) -> Settings:
    try:
        return Settings.model_validate(table)
    except ValidationError as error:
        raise _wrong(error, path) from error


def _wrong(error: ValidationError, path: Path) -> ConfigError:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"]) or "tool.journal"
    if first["type"] == "extra_forbidden":
        model = Settings if len(first["loc"]) == 1 else _PARTS[first["loc"][0]]
        hint = f"known settings: {', '.join(field.alias or name for name, field in model.model_fields.items())}"
        return ConfigError(f"setting {name!r} is not known", path=path, hint=hint)
    if first["loc"][-1:] == ("[key]",):
        name, plain = ".".join(str(part) for part in first["loc"][:-2]), "a name in it must not be empty"
    else:
        plain = _PLAINLY.get(first["type"], "").format(**first.get("ctx", {}))
    said = plain or first["msg"].removeprefix("Value error, ").replace("Input should", "must")
    return ConfigError(f"setting {name!r}: {said}", path=path)
