"""`python -m rcm.bench NAME [--json]`: NAME is a module of this package with a `run(as_json)`."""

import importlib
import sys

NAMES = ("x12", "posting")


def main(arguments: list[str]) -> int:
    """Run one benchmark; 2 for a name that is none."""
    names = [argument for argument in arguments if not argument.startswith("--")]
    if len(names) != 1 or names[0] not in NAMES:
        print(f"usage: python -m rcm.bench {'|'.join(NAMES)} [--json]", file=sys.stderr)
        return 2
    importlib.import_module(f"rcm.bench.{names[0]}").run("--json" in arguments)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
