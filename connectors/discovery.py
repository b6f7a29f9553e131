"""Which kinds of channel exist: every folder here that has a connector.py.

Standard library only: the settings call it before any app is loaded.
"""

from pathlib import Path

HERE = Path(__file__).parent


def kinds(folder: Path = HERE) -> list[str]:
    """Folder names in alphabetical order; a folder without connector.py is not a connector."""
    return sorted(path.parent.name for path in folder.glob("[a-z]*/connector.py"))


def kinds_with(module: str, folder: Path = HERE) -> list[str]:
    """The kinds whose folder also has MODULE.py, for the optional parts such as urls."""
    return [kind for kind in kinds(folder) if (folder / kind / f"{module}.py").is_file()]
