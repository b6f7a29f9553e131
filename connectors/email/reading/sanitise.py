"""Mail HTML made harmless by nh3: no script, form, frame, SVG, style sheet; nothing is loaded from elsewhere.

Remote pictures keep their address in `data-remote-src` and have no `src`, so that a page can load them when the
reader asks. Pictures inside the mail (`cid:`) and small embedded ones (`data:image/…`) keep `src`. Classes and ids go,
except the few by which mail programs mark quotes and signatures.
"""

import re

import nh3

from .html_limits import too_much
from .html_marks import kept_class, kept_id
from .limits import Limits

_TAGS_TEXT = (
    "a abbr acronym address b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn div dl"
    " dt em figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark nobr ol p pre q rp rt ruby s samp small"
    " section article header footer main aside nav span strike strong sub summary sup table tbody td tfoot th thead"
    " time tr tt u ul var wbr"
)
_TAGS = frozenset(_TAGS_TEXT.split())
_CONTENT_GOES_TOO_TEXT = "script style title noscript iframe object embed applet svg math template select textarea xml noembed noframes"
_CONTENT_GOES_TOO = frozenset(_CONTENT_GOES_TOO_TEXT.split())
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"align", "class", "dir", "id", "lang", "style", "title", "valign"},
    "a": {"href", "name"},
    "blockquote": {"type", "cite"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "div": {"name", "data-marker"},
    "font": {"color", "face", "size"},
    "hr": {"size", "width", "color", "data-marker"},
    "img": {"alt", "border", "height", "src", "width"},
    "li": {"value"},
    "ol": {"start", "type"},
    "table": {"bgcolor", "border", "cellpadding", "cellspacing", "summary", "width"},
    "td": {"bgcolor", "colspan", "height", "nowrap", "rowspan", "width"},
    "th": {"bgcolor", "colspan", "height", "nowrap", "rowspan", "scope", "width"},
    "tr": {"bgcolor", "height"},
    "ul": {"type"},
}
_STYLES_TEXT = (
    "background-color border border-bottom border-bottom-color border-bottom-style border-bottom-width border-collapse"
    " border-color border-left border-left-color border-left-style border-left-width border-radius border-right"
    " border-right-color border-right-style border-right-width border-spacing border-style border-top border-top-color"
    " border-top-style border-top-width border-width clear color direction display float font font-family font-size"
    " font-style font-variant font-weight height letter-spacing line-height list-style-type margin margin-bottom"
    " margin-left margin-right margin-top max-height max-width min-height min-width mso-hide overflow-wrap padding padding-bottom"
    " padding-left padding-right padding-top table-layout text-align text-decoration text-indent text-transform"
    " vertical-align white-space width word-break word-spacing word-wrap"
)
_STYLES = frozenset(_STYLES_TEXT.split())
_BAD_STYLE = re.compile(
    r"url|image|expression|javascript|behaviou?r|binding|@|\\|/\*|var\(|-\d", re.IGNORECASE
)
_EMBEDDED_PICTURE = re.compile(
    r"data:image/(?:png|jpe?g|gif|webp|bmp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE
)
_TAG = re.compile(r'<([a-z][a-z0-9]*)[^">]*(?:"[^"]*"[^">]*)*>')
_REMOTE_SRC = re.compile(r' src="(?!cid:|data:)')
_REMOTE = re.compile(r"(?:https?:)?//", re.IGNORECASE)


def sanitise(html: str, limits: Limits) -> tuple[str, str]:
    """Harmless HTML and "", or "" and why this HTML was not even looked at. Idempotent."""
    reason = too_much(html, limits)
    if reason:
        return "", reason
    return _TAG.sub(_without_remote_src, _CLEANER.clean(html)).strip(), ""


def _without_remote_src(match: re.Match[str]) -> str:
    tag = match[0]
    return _REMOTE_SRC.sub(' data-remote-src="', tag) if match[1] == "img" else tag


def _filter(tag: str, attribute: str, value: str) -> str | None:
    """What one attribute may keep. Called by nh3 after its own lists; returns None to drop it."""
    if attribute == "class":
        return kept_class(value)
    if attribute in ("id", "name", "data-marker"):
        return kept_id(value) if tag != "a" else None
    if attribute == "style":
        return _style(value)
    if attribute in ("src", "data-remote-src"):
        return _source(value.strip(), attribute)
    if attribute in ("href", "cite"):
        return None if value.strip().lower().startswith("data:") else value
    return value


def _style(value: str) -> str | None:
    declarations = [part for part in value.split(";") if part.strip() and not _BAD_STYLE.search(part)]
    return ";".join(declarations) or None


def _source(value: str, attribute: str) -> str | None:
    if value[:5].lower() == "data:":
        return value if attribute == "src" and _EMBEDDED_PICTURE.fullmatch(value) else None
    if value[:4].lower() == "cid:":
        return "cid:" + value[4:] if attribute == "src" else None
    return value if _REMOTE.match(value) else None


def _attributes() -> dict[str, set[str]]:
    allowed = {tag: set(names) for tag, names in _ATTRIBUTES.items()}
    allowed["img"].add("data-remote-src")
    return allowed


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_CONTENT_GOES_TOO,
    attributes=_attributes(),
    attribute_filter=_filter,
    url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
    link_rel="noopener noreferrer nofollow",
    set_tag_attribute_values={"a": {"target": "_blank"}},
    filter_style_properties=_STYLES,
    url_relative=lambda url: f"https:{url}" if url.startswith("//") else None,
)
