"""W&B's SDK, asked for one server. The only module that imports `wandb`; it runs in a process of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from journal.sources.sdk_child.failures import Failure, Refusal, scrubbed
from journal.sources.sdk_child.serving import serve
from journal.sources.wandb_api.answers import pages, runs
from journal.sources.wandb_api.failures import OLDEST, chain, failure_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_RUNS_A_QUERY = 100
_PATIENCE = 0.9
"""The part of the time for one answer after which the SDK is to give up by itself, and say why."""

# `Run.update()` of the SDK would write config, tags and summary as they were when the run was loaded, over what has
# changed since. In this input, what is not given stays as it is.
_SET_NOTES = """
mutation SetNotes($id: String!, $notes: String) {
    upsertBucket(input: {id: $id, notes: $notes}) { bucket { id } }
}
"""


class Desk:
    """The SDK, asked for one server.

    Args:
        host: Address of the server; the SDK's own if None.
        trusted: Whether any key of the user's may go there.
        timeout: Seconds that one answer may take.

    Raises:
        Refusal: The SDK is not there, or cannot be used.
    """

    def __init__(self, host: str | None, *, trusted: bool, timeout: float) -> None:
        _check_sdk()
        from wandb.sdk import wandb_setup

        setup = wandb_setup.singleton()
        self.host = _address(host or setup.settings.base_url)
        if not trusted:
            _check_netrc(self.host)
        self._timeout = timeout
        self._made: Any = None
        self._runs: dict[tuple[str, str, str], Any] = {}
        # Started here, and not when the first question needs it, so that it does not count as waiting for the server.
        started = setup.ensure_service()
        self.service: int | None = getattr(getattr(getattr(started, "_proc", None), "_process", None), "pid", None)

    def answers(self, ask: dict[str, Any]) -> Iterator[Any]:
        """The values that answer a question."""
        known: dict[str, Callable[[dict[str, Any]], Iterator[Any]]] = {
            "entity": self._entity,
            "runs": self._pages_of_runs,
            "rows": self._pages_of_rows,
            "notes": self._set_notes,
        }
        return known[ask["ask"]](ask)

    @property
    def _api(self) -> Any:
        """The SDK's client; making it asks the server who the user is."""
        if self._made is None:
            import wandb

            self._made = wandb.Api(overrides={"base_url": self.host}, timeout=self._timeout * _PATIENCE)  # type: ignore[arg-type]
        return self._made

    @property
    def _service(self) -> Any:
        """What the SDK's own classes ask the server through; nothing public of it writes notes alone."""
        return self._api._service_api  # noqa: SLF001

    def _entity(self, _: dict[str, Any]) -> Iterator[str | None]:
        yield self._api.settings["entity"] or self._api.default_entity

    def _pages_of_runs(self, ask: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
        from wandb.apis.public import Runs

        entity, project, most = ask["entity"], ask["project"], ask["most"]
        _check_names(entity, project)
        # Not `Api.runs`, which gives the runs of the first time again when it is asked a second time.
        found = Runs(
            self._service,
            entity,
            project,
            filters=ask["filters"],
            order=ask["order"],
            per_page=_RUNS_A_QUERY if most is None else max(1, min(most, _RUNS_A_QUERY)),
            lazy=False,
        )
        yield from runs(self._loaded(found), most)

    def _loaded(self, found: Any) -> Iterator[tuple[list[dict[str, Any]], bool]]:
        """What the server answers, page by page, and whether another one follows."""
        place, follows = (found.entity, found.project), True
        while follows:
            begin = len(found.objects)
            found.index = begin - 1  # so `next` is the first run of another page
            try:
                next(found, None)
            except ValueError as error:
                if (found.last_response or {"project": ""}).get("project") is None:
                    raise Refusal(Failure("no-project", "/".join(place))) from error
                raise
            self._runs.update({(*place, run.id): run for run in found.objects[begin:]})
            follows = found.more
            yield [edge["node"] for edge in found.last_response["project"]["runs"]["edges"]], follows

    def _pages_of_rows(self, ask: dict[str, Any]) -> Iterator[tuple[int, int, list[dict[str, Any]]]]:
        run = self._run(ask["entity"], ask["project"], ask["run"])
        scan = run.scan_history(
            keys=ask["keys"],
            page_size=ask["page"],
            min_step=ask["first"],
            max_step=ask["last"] + 1,
            use_cache=False,  # the SDK's copies on disk are never compared with the server
        )
        yield from pages(scan, ask["first"])

    def _run(self, entity: str, project: str, name: str) -> Any:
        key = (entity, project, name)
        _check_names(entity, project)
        if key not in self._runs:
            from wandb.apis.public import Run

            try:
                self._runs[key] = Run(self._service, entity, project, name)
            except Exception as error:
                if any("Could not find run" in str(each) for each in chain(error)):
                    raise Refusal(Failure("no-run", f"{entity}/{project}/{name}")) from error
                raise
        return self._runs[key]

    def _set_notes(self, ask: dict[str, Any]) -> Iterator[Any]:
        given = {"id": ask["storage_id"], "notes": ask["notes"]}
        answer = self._service.execute_graphql(_SET_NOTES, given)
        if not (answer or {}).get("upsertBucket"):
            raise Refusal(Failure("said", "it did not take the notes"))
        yield None


def _check_sdk() -> None:
    try:
        import wandb
    except ImportError as error:
        # Something that the SDK needs, and not the SDK itself, may be what is not there.
        missing = (getattr(error, "name", None) or "").partition(".")[0] == "wandb"
        raise Refusal(Failure("no-sdk") if missing else Failure("broken-sdk", str(error))) from error
    version = getattr(wandb, "__version__", None)
    if version is None:  # a folder of runs that is called `wandb`
        raise Refusal(Failure("no-sdk"))
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())
    if numbers < OLDEST:
        raise Refusal(Failure("old-sdk", version))


def _address(host: str) -> str:
    """An address as the SDK takes it."""
    from wandb.sdk.lib.wbauth import HostUrl

    try:
        return HostUrl(host).url
    except ValueError as error:
        first = str(error).splitlines()[0]
        raise Refusal(Failure("address", "" if "validation error" in first else scrubbed(first))) from error


def _check_netrc(host: str) -> None:
    """Stop where the SDK would take a key that is not for this very host.

    It would also take netrc's `default`, and for some hosts the entry of another one. Only names are looked at here.
    """
    import netrc
    from urllib.parse import urlsplit

    from wandb.sdk.lib.wbauth.wbnetrc import _get_netrc_file_path

    named = urlsplit(host).netloc
    try:
        names = set(netrc.netrc(_get_netrc_file_path()).hosts) - {"default"}
    except (OSError, netrc.NetrcParseError):
        names = set()
    if named not in names:
        raise Refusal(Failure("no-own-key"))


def _check_names(entity: str, project: str) -> None:
    """Stop where the SDK, which makes a folder `entity/project/id` for each run, would make it outside of our own."""
    if {entity, project} & {".", ".."}:
        raise Refusal(Failure("no-project", f"{entity}/{project}"))


if __name__ == "__main__":
    serve(Desk, failure_of)
