"""`python -m config.embedded`: the whole product in one foreground command. Stops with Ctrl-C."""

import argparse
import sys

from config.embedded.problems import CannotStart
from config.embedded.supervisor import Supervisor


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m config.embedded", description=__doc__)
    parser.add_argument("--demo", action="store_true", help="load demo data on the first start")
    parser.add_argument(
        "--dev", action="store_true", help="DEBUG, and start again what changed code belongs to"
    )
    parser.add_argument("--servers", action="store_true", help="PostgreSQL and Valkey alone, for maintenance")
    options = parser.parse_args()
    try:
        return Supervisor(demo=options.demo, dev=options.dev, servers_only=options.servers).run()
    except CannotStart as problem:
        print(f"\nOnethread did not start: {problem}\n", file=sys.stderr)  # noqa: T201 - there is no log yet
        return 1


if __name__ == "__main__":
    sys.exit(main())
