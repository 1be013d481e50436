from __future__ import annotations

import json
import re
import shutil
import subprocess
from importlib import resources

import pytest


def test_runs_whose_names_begin_alike_are_told_by_their_ids() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: it runs the rule of the graph")
    script = (resources.files("journal.site") / "assets/script/50-lineage.js").read_text("utf-8")
    rule = re.search(r"const PILL = .*?\n  };\n", script, re.DOTALL)
    assert rule
    names = ["experiment-0509-baseline", "experiment-0510-drop", "amber-sun-1", "seed", "seed", "experiment-0511"]
    ids = ["xan8n35e", "szqwkv8w", "k3v9x2mq", "s1", "s2", ""]
    code = f"{rule[0]}console.log(JSON.stringify(pills({json.dumps(names)}, {json.dumps(ids)})))"
    found = subprocess.run([node, "-e", code], capture_output=True, text=True, check=True, timeout=20)
    assert json.loads(found.stdout) == ["xan8n35e", "szqwkv8w", "amber-sun-1", "seed", "seed", "experiment-0511"]
