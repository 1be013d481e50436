"""`python -m journal`, and the `journal` command."""

import atexit
import gc
import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    from journal.cli.app import run

    atexit.register(gc.freeze)  # leaving takes less time where nothing is looked through once more
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
