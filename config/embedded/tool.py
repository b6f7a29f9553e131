"""`python -m config.embedded.tool pg_dump …`: a program of the bundled PostgreSQL, connected to the bundled database."""

import os
import subprocess
import sys

from config import environment, paths
from config.embedded import servers


def main(arguments: list[str]) -> int:
    """Runs `psql`, `pg_dump`, `pg_restore` and their like; the server must be running."""
    environment.load(paths.CHECKOUT)
    data = paths.data_dir()
    binaries = servers.postgres_binaries(data)
    programs = sorted(file.name for file in binaries.iterdir())
    if not arguments or arguments[0] not in programs:
        print(f"Say which program to run: {', '.join(programs)}", file=sys.stderr)  # noqa: T201 - a command's answer
        return 2
    connection = {"PGHOST": str(paths.run_dir(data)), "PGUSER": servers.USER, "PGDATABASE": servers.DATABASE}
    command = [str(binaries / arguments[0]), *arguments[1:]]
    return subprocess.run(command, env=os.environ | connection).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
