"""What `wandb leet inspect --json` found, in short; to be compared, not measured.

    worker_leet.py OUTPUT

The output is one JSON object per line.
"""

import json
import sys
from array import array
from pathlib import Path

import orjson
from measured import digest

if __name__ == "__main__":
    columns: "dict[str, array[float]]" = {}
    with Path(sys.argv[1]).open("rb") as lines:
        for line in lines:
            record = orjson.loads(line)
            if record["type"] == "history":
                for name, value in record["history"]["item"].items():
                    if name[0] != "_":
                        columns.setdefault(name, array("d")).append(float(value))
    print(json.dumps({name: digest(values) for name, values in columns.items()}))
