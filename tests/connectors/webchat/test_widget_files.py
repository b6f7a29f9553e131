"""The widget as it is delivered: its weight, its version, its languages, and what it never does."""

import gzip
import json
import re
from pathlib import Path

import pytest

from connectors.webchat import views
from connectors.webchat.views import FOLDER, assets, lean
from tests.connectors.webchat.conftest import SHOP, Browser

BUDGET = 30_000
LANGUAGES = sorted(path.stem for path in FOLDER.glob("lang/*.json"))
SCRIPTS = sorted(FOLDER.glob("*.js"))


def words(language: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((FOLDER / "lang" / f"{language}.json").read_text())
    return found


def test_the_whole_widget_weighs_less_than_30_kilobytes() -> None:
    """Every script, the style sheet and the largest two languages (a language and English), each gzipped as it is sent."""
    files = assets().files
    languages = sorted(
        (len(one.packed) for name, one in files.items() if name.startswith("lang/")), reverse=True
    )
    rest = sum(len(one.packed) for name, one in files.items() if not name.startswith("lang/"))

    assert rest + sum(languages[:2]) <= BUDGET


def test_what_is_sent_has_no_comments_and_no_indentation_but_all_of_the_code() -> None:
    source = """/* What
   it is. */
.a {
  color: red; /* stays */
}
/* one */ .b { }
  // gone
  const link = "https://x.example"; // stays
"""

    assert (
        lean(source)
        == """.a {
color: red; /* stays */
}
/* one */ .b { }
const link = "https://x.example"; // stays
"""
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word_with_the_same_blanks(language: str) -> None:
    english, own = words("en"), words(language)

    assert own.keys() == english.keys()
    for key, text in own.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english[key])), key
        assert text.strip(), key


def test_the_loader_knows_all_languages_there_are() -> None:
    listed = re.search(r"LANGUAGES = (\[.*?\])", (FOLDER / "words.js").read_text())

    assert listed is not None
    assert sorted(json.loads(listed[1])) == LANGUAGES


def test_every_word_the_scripts_say_exists() -> None:
    said = {key for path in SCRIPTS for key in re.findall(r'words\("(\w+)"', path.read_text())}

    assert said - words("en").keys() == set()


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_writes_html_or_runs_text(path: Path) -> None:
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setAttribute\(\"style|\.cssText|srcdoc"

    assert not re.search(forbidden, path.read_text())


def test_the_loader_names_the_version_of_the_rest(ana: Browser) -> None:
    answer = ana.client.get("/c/webchat/widget.js")

    assert assets().version in answer.content.decode()
    assert "VERSION" not in answer.content.decode()
    assert answer["Cache-Control"] == "public, max-age=600"
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_a_file_of_this_version_is_kept_for_ever_and_one_of_another_is_not(ana: Browser) -> None:
    now = ana.client.get(f"/c/webchat/widget/{assets().version}/main.js")
    before = ana.client.get("/c/webchat/widget/0123456789abcdef/main.js")

    assert "immutable" in now["Cache-Control"]
    assert before.content == now.content
    assert before["Cache-Control"] == "public, max-age=600"


def test_files_are_compressed_for_browsers_that_want_it(ana: Browser) -> None:
    path = f"/c/webchat/widget/{assets().version}/widget.css"

    packed, plain = ana.client.get(path, headers={"Accept-Encoding": "gzip"}), ana.client.get(path)

    assert packed["Content-Encoding"] == "gzip"
    assert (
        gzip.decompress(packed.content) == plain.content == lean((FOLDER / "widget.css").read_text()).encode()
    )
    assert "Accept-Encoding" in packed["Vary"]


@pytest.mark.parametrize(
    "name",
    [
        "nothing.js",
        "icon.svg",
        "../connector.py",
        "lang/../main.js",
        "demo/shop.js",
        "lang",
        "%2e%2e/connector.py",
    ],
)
def test_nothing_else_is_served(ana: Browser, name: str) -> None:
    assert ana.client.get(f"/c/webchat/widget/{assets().version}/{name}").status_code == 404


def test_any_change_to_a_file_is_a_new_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "widget.js").write_text('const version = "VERSION";')
    monkeypatch.setattr(views, "FOLDER", tmp_path)
    before = views.read_assets().version

    (tmp_path / "widget.js").write_text('const version = "VERSION"; // changed')

    assert views.read_assets().version != before


def test_the_config_says_what_the_admin_set_and_no_secret(ana: Browser) -> None:
    ana.channel.settings |= {
        "colour": "#1f5c4d",
        "greeting": "Hi!",
        "starters": ["One?", "Two?"],
        "hours": "9–18",
        "logo": "javascript:alert(1)",
    }
    ana.channel.brand = "Northwool & Daughters"
    ana.channel.save()

    answer = ana.get("config")

    said = answer.json()
    assert (said["title"], said["colour"], said["greeting"]) == ("Northwool & Daughters", "#1f5c4d", "Hi!")
    assert (said["starters"], said["hours"], said["logo"]) == (["One?", "Two?"], "9–18", "")
    assert ana.channel.settings["identity_secret"] not in answer.content.decode()
    assert SHOP not in answer.content.decode()
