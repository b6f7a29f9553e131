"""Static files get a hash in their name, and modules import each other by it."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from whitenoise.storage import MissingFileError

from config.management.commands import prepare
from config.static import is_ours

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static.HashedFiles"},
}


@pytest.fixture
def sources(settings: Any, tmp_path: Path) -> Path:
    """A folder of our own static files; they are collected into `out` beside it."""
    folder = tmp_path / "in"
    folder.mkdir()
    settings.BASE_DIR = tmp_path
    settings.STATICFILES_DIRS = [folder]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "out"
    settings.STORAGES = STORAGES
    finders.get_finder.cache_clear()
    return folder


@pytest.fixture(autouse=True)
def _forget_finders() -> Any:
    yield
    finders.get_finder.cache_clear()


def collect() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)


def test_a_module_imports_the_hashed_name_of_another(sources: Path) -> None:
    # given one module that imports another
    (sources / "live.js").write_text("export const url = 1;\n")
    (sources / "app.js").write_text('import { url } from "./live.js";\nconsole.log(url);\n')
    # when they are collected
    collect()
    # then the import names the other by its hash, and that file is there
    out = sources.parent / "out"
    (app,) = out.glob("app.*.js")
    (imported,) = re.findall(r'from "\./(live\.\w{12}\.js)"', app.read_text())
    assert (out / imported).read_text() == "export const url = 1;\n"


def test_an_import_of_ours_that_leads_nowhere_is_an_error(sources: Path) -> None:
    (sources / "app.js").write_text('import "./gone.js";\n')
    with pytest.raises(MissingFileError, match=r"gone\.js"):
        collect()


def test_an_example_in_a_packages_file_is_left_alone(sources: Path, settings: Any) -> None:
    # given a file that a package brought
    package = sources.parent / "site-packages" / "static"
    package.mkdir(parents=True)
    (package / "lib.js").write_text('// import "./gone.js" shows how\n')
    settings.STATICFILES_DIRS = [package]
    finders.get_finder.cache_clear()
    # then it is collected as it is
    collect()
    assert [file.read_text() for file in (sources.parent / "out").glob("lib.*.js")] == [
        '// import "./gone.js" shows how\n'
    ]


def test_large_files_are_kept_compressed_too(sources: Path) -> None:
    (sources / "app.css").write_text("a { color: red }\n" * 200)
    collect()
    assert list((sources.parent / "out").glob("app.*.css.gz"))


def test_what_comes_from_a_package_is_not_ours() -> None:
    finders.get_finder.cache_clear()
    assert not is_ours("django_htmx/htmx-2.min.js")


def test_a_start_without_changes_collects_nothing_again(
    sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given everything was collected once
    (sources / "a.css").write_text("a {}")
    prepare.collect_static()
    collected: list[str] = []
    monkeypatch.setattr(prepare, "call_command", lambda name, **_: collected.append(name))
    # when nothing changed, nothing is done
    prepare.collect_static()
    assert collected == []
    # when a file changed, it is
    (sources / "a.css").write_text("a { color: blue }")
    prepare.collect_static()
    assert collected == ["collectstatic"]


def test_every_static_file_of_the_product_can_be_collected(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = STORAGES
    collect()
    assert (tmp_path / "staticfiles.json").exists()
