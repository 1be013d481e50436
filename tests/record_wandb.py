"""Record the shape of W&B's contract with its client: `make record RUN=entity/project/id`, with a real account.

The real client asks the real server for one run, through a proxy on this machine. Nothing is written on the server.
What is kept are fields and kinds of values, in `fixtures/wandb_contract/recorded.json`; the tests compare the test
server with it. `RUN=test-server` records the test server itself.
"""

from __future__ import annotations

import json
import math
import os
import sys
import tempfile
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from journal.sources.reference import parse_address
from wandb_server import ServerRun, WandbServer
from wandb_server_contract import shape, strangers
from wandb_server_proxy import Proxy
from wandb_server_sdk import RealSdk, SdkError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RECORDED = Path(__file__).parent / "fixtures" / "wandb_contract" / "recorded.json"
ABOUT = "what W&B's client and server say to each other: fields and kinds of values, and no values"
FROM_TEST_SERVER = "the test server"
FROM_WANDB = "a W&B server"
NAMES = "_NAMES of tests/wandb_server_contract.py"
USAGE = "make record RUN=entity/project/id: a run of yours, read with the key in WANDB_API_KEY; only shapes are kept"

_STEPS = 200
"""So many steps of a history are enough."""
_FOLDERS = ("DIR", "CACHE_DIR", "CONFIG_DIR", "DATA_DIR", "ARTIFACT_DIR")


def main(arguments: Sequence[str]) -> int:
    """Record, and write the file; the exit code."""
    asked = arguments[0].strip() if arguments else ""
    address = parse_address(asked)
    if asked == "test-server":
        recording = of_test_server()
    elif address is None or not address.entity or not address.project or not os.environ.get("WANDB_API_KEY"):
        print(USAGE, file=sys.stderr)  # noqa: T201 - a script
        return 2
    else:
        try:
            recording = record(_server(), (address.entity, address.project, address.id), os.environ, FROM_WANDB)
        except SdkError as error:
            print(f"not recorded: {error}", file=sys.stderr)  # noqa: T201
            return 1
    RECORDED.parent.mkdir(exist_ok=True)
    RECORDED.write_text(json.dumps(recording, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"wrote {RECORDED.name}: the shapes of {len(recording['exchanges'])} exchanges; read it before you commit it")  # noqa: T201
    return 0


def record(target: str, run: tuple[str, str, str], environment: Mapping[str, str], told_from: str) -> dict[str, Any]:
    """The shapes of what the real client and a server say to each other about one run.

    Args:
        target: Address of the server.
        run: Entity, project and id.
        environment: Variables of the client; its key among them.
        told_from: What is said of where it was recorded.

    Raises:
        SystemExit: A word stands in the shapes that may be somebody's own; nothing is written then.
    """
    with tempfile.TemporaryDirectory() as folder, Proxy(target) as proxy:
        child = {**environment, "WANDB_BASE_URL": proxy.url, "WANDB_ERROR_REPORTING": "false", "HOME": folder}
        child |= {f"WANDB_{name}": f"{folder}/{name.lower()}" for name in _FOLDERS}
        with RealSdk(child) as sdk:
            rows, version = _session(sdk, *run), sdk.ask("wandb.__version__")
        _without_a_key(proxy.url)
        told = proxy.told()
    recording = {
        "about": ABOUT,
        "recorded from": told_from,
        "sdk": version,
        "headers": sorted(proxy.headers),
        "exchanges": told,
        "rows": shape(rows, "rows"),
    }
    documents = " ".join(each["document"] for each in told)
    shapes = [recording["rows"], *(each[part] for each in told for part in ("variables", "answer"))]
    if found := sorted(set(strangers(shapes, documents))):
        raise SystemExit(f"not written, since it would tell of {', '.join(found)}; what is W&B's own is in {NAMES}")
    return recording


def of_test_server() -> dict[str, Any]:
    """The shapes of what the real client and the test server say to each other."""
    with WandbServer([toy_run()], entity="somebody") as server, tempfile.TemporaryDirectory() as folder:
        environment = server.environment(Path(folder))
        return record(server.url, ("attic", "violets", "q9w8e7r6"), environment, FROM_TEST_SERVER)


def toy_run() -> ServerRun:
    """A run with a value of each kind, half of it exported."""
    histogram = {"_type": "histogram", "values": [1, 2], "bins": [0.0, 0.5, 1.0]}
    rows: list[dict[str, Any]] = [
        {"petals": 5, "scent": 0.5},
        {"petals": 6, "scent": math.nan},
        {"petals": 7, "scent": math.nan},
        {"petals": 7, "scent": math.inf, "phase": "bud", "open": False},
        {"petals": 8.5, "scent": None, "leaf": {"green": 0.25}, "spread": histogram},
    ]
    run = ServerRun("q9w8e7r6", "attic", "violets", rows, exported=2, name="dusky", tags=["spring"], notes="watered")
    run.config = {"soil": "peat", "pots": 3, "lamp": {"watts": 40.5}, "shelves": [1, 2], "sunny": True}
    run.user, run.group, run.job_type, run.commit = "gardener", "sill", "grow", "c0ffee" * 6 + "c0ff"
    run.files = {"wandb-metadata.json": b"{}"}
    return run


def _session(sdk: RealSdk, entity: str, project: str, run_id: str) -> list[dict[str, Any]]:
    """Ask for all that the journal may ask for, and for what is not there; the rows of the run."""
    where = f"{entity}/{project}"
    sdk.ask("api.default_entity")
    found = f"api.runs({where!r}, {{'name': {{'$in': [{run_id!r}]}}}}, lazy=False)"
    told = sdk.ask(f"[it.history_keys for it in {found}]")
    if not told:
        raise SdkError("RunNotFound", f"no run {run_id} in {where}")
    sdk.ask(f"[it.id for it in api.runs({where!r}, {{'name': {run_id!r}}}, order='-created_at')]")
    run = f"api.run({f'{where}/{run_id}'!r})"
    scan = f"list({run}.scan_history(use_cache=False, max_step={_STEPS}"
    rows: list[dict[str, Any]] = sdk.ask(f"{scan}))")
    metric = next((name for name in told[0]["keys"] if not name.startswith("_")), "_runtime")
    rows += sdk.ask(f"{scan}, keys=[{metric!r}]))")
    sdk.ask(f"{run}.history(samples=5, pandas=False)")
    sdk.ask(f"{run}.history(keys=[{metric!r}], samples=5, pandas=False)")
    sdk.ask(f"len({run}.files(['wandb-metadata.json']))")
    for missing in (f"api.run({f'{where}/no-such-run'!r})", f"list(api.runs({f'{entity}/no-such-project'!r}))"):
        with suppress(SdkError):
            sdk.ask(missing)
    return rows


def _without_a_key(url: str) -> None:
    """Ask as nobody, to see how that is refused."""
    body = json.dumps({"query": "query Nobody { viewer { id } }", "variables": {}}).encode()
    asking = urllib.request.Request(f"{url}/graphql", body, {"Content-Type": "application/json"})  # noqa: S310 - here
    try:
        urllib.request.urlopen(asking, timeout=60).close()  # noqa: S310 - the proxy on this machine
    except urllib.error.HTTPError as error:
        error.close()


def _server() -> str:
    """Address of the server that the SDK's own settings name."""
    import subprocess

    asking = "from wandb.sdk import wandb_setup; print(wandb_setup.singleton().settings.base_url)"
    told = subprocess.run([sys.executable, "-c", asking], capture_output=True, text=True, check=True)
    return told.stdout.strip().rstrip("/")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
