"""Where this installation keeps its files. Standard library only: settings and supervisor share it."""

import hashlib
import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent

# sun_path of unix(7) holds 108 bytes with the closing zero; PostgreSQL appends "/.s.PGSQL.5432".
LONGEST_RUN_DIR = 90


def data_dir() -> Path:
    """DATA_DIR, or `.data` in the checkout.

    As root PostgreSQL runs as another user, who must be able to walk to its files. A checkout below a
    private folder such as /root does not allow that; its data then lives in /var/lib.
    """
    if chosen := os.environ.get("DATA_DIR"):
        return Path(chosen).expanduser().resolve()
    if os.geteuid() == 0 and not open_to_others(CHECKOUT):
        return Path("/var/lib/onethread") / _short_hash(CHECKOUT)
    return CHECKOUT / ".data"


def run_dir(data: Path) -> Path:
    """The folder of the unix sockets: in the data folder, or in /tmp when that path is too long for one."""
    inside = data / "run"
    if len(str(inside)) <= LONGEST_RUN_DIR:
        return inside
    return Path("/tmp") / f"onethread-{os.geteuid()}-{_short_hash(data)}"  # noqa: S108 - created 0700, owner checked


def open_to_others(path: Path) -> bool:
    """True when any user may walk down to PATH (execute permission on it and on each parent)."""
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def _short_hash(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:8]
