"""`python -m rcm.bench NAME [--json] [--claims N…]`: NAME is a module with a `run(arguments)`."""

import importlib
import sys

NAMES = ("x12", "posting", "claims", "coding", "denials", "opening", "statements", "accounts")


def main(arguments: list[str]) -> int:
    """Run one benchmark; 2 for a name that is none."""
    if not arguments or arguments[0] not in NAMES:
        print(f"usage: python -m rcm.bench {'|'.join(NAMES)} [--json]", file=sys.stderr)
        return 2
    importlib.import_module(f"rcm.bench.{arguments[0]}").run(arguments[1:])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
