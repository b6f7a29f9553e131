r"""Mail HTML that would run script or call home: every door times every way of writing it, and what got through elsewhere.

Ideas from OWASP's filter evasion list, DOMPurify's tests and published advisories. Each calls {hit}, or loads from {out}.
"""

from __future__ import annotations

from itertools import cycle, product

from tests.browser.attacks import SHAPES

HOLDERS = (
    "<img src=x {on}>",
    "<img/src=x/{on}>",
    "<svg {on}></svg>",
    "<svg><image href=x {on} /></svg>",
    "<svg><animate {on} attributeName=x dur=1ms /></svg>",
    "<math {on}><mi>x</mi></math>",
    "<body {on}>",
    "<video src=x {on}></video>",
    "<video><source src=x {on}></video>",
    "<audio src=x {on}></audio>",
    "<input autofocus {on}>",
    "<select autofocus {on}></select>",
    "<details open {on}><summary>x</summary></details>",
    "<iframe {on}></iframe>",
    "<object data=x {on}></object>",
    "<link rel=stylesheet href=x {on}>",
    "<style {on}>p{{}}</style>",
    "<p tabindex=0 autofocus {on}>x</p>",
    "<a href=# {on}>x</a>",
    "<table><td {on}>x</td></table>",
    "<custom-x tabindex=0 autofocus {on}>x</custom-x>",
)
EVENTS = (
    "onerror",
    "onload",
    "onfocus",
    "ontoggle",
    "onbegin",
    "onmouseover",
    "onanimationstart",
    "onbeforematch",
)
WAYS = (
    "{event}={hit}",
    '{event}="{hit}"',
    "{event}='{hit}'",
    "{upper}\t=\n{hit}",
    "x=`>`{event}={hit}",
    'title=">"{event}={hit}',
    "{event}=&#x68;it&lpar;0&rpar;",
    "\x0c{event}\x0c={hit}",
)
URL_DOORS = (
    '<a href="{url}">x</a>',
    '<iframe src="{url}"></iframe>',
    '<form action="{url}"><button>x</button></form>',
    '<form><button formaction="{url}">x</button></form>',
    '<object data="{url}"></object>',
    '<embed src="{url}">',
    '<svg><a xlink:href="{url}"><text y=20>x</text></a></svg>',
    '<svg><use href="{url}#x" /></svg>',
    '<svg><image href="{url}" /></svg>',
    '<math><mi href="{url}">x</mi></math>',
    '<base href="{url}"><img src=p.gif>',
    '<meta http-equiv=refresh content="0;url={url}">',
    '<img src="{url}">',
    '<img srcset="{url} 1x">',
    '<picture><source srcset="{url}"><img></picture>',
    '<video poster="{url}"></video>',
    '<audio autoplay src="{url}"></audio>',
    '<body background="{url}">',
    '<table background="{url}"><td background="{url}">x</td></table>',
    '<link rel=stylesheet href="{url}">',
    '<link rel=prefetch href="{url}">',
    '<input type=image src="{url}">',
    '<script src="{url}"></script>',
    '<img data-remote-src=x src="{url}">',
)
URLS = (
    "javascript:{hit}",
    "JaVaScRiPt:{hit}",
    " \x01javascript:{hit}",
    "java&Tab;script&colon;{hit}",
    "&#106&#97&#118&#97&#115&#99&#114&#105&#112&#116&#58{hit}",
    "javascript://%0a{hit}",
    "vbscript:{hit}",
    "data:text/html,<script>parent.{hit}</script>",
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='parent.{hit}'/>",
    "{out}",
    "//{host}/p",
    "\\\\{host}\\p",
    "h&#9;ttp://{host}/p",
    "http:{host}/p",
)
STYLES = (
    "background:{value}",
    "background-image:{value}",
    "list-style:{value}",
    "list-style-image:{value}",
    "border-image:{value} 1",
    "cursor:{value},auto",
    "content:{value}",
    "mask-image:{value}",
    "filter:{value}",
    "shape-outside:{value}",
    "-webkit-box-reflect:below 0 {value}",
    "--x:{value};background:var(--x)",
)
VALUES = ("url({out})", "u\\72l({out})", "url(/**/'{out}')", "image-set('{out}' 1x)", "URL(\n{out}\n)")
SHEETS = (
    "@import '{out}';",
    "@import url({out});",
    "@font-face{{font-family:x;src:url({out})}}*{{font-family:x}}",
    "*{{background:url({out})}}",
    "*{{animation:x 1ms}}@keyframes x{{to{{background:url({out})}}}}",
)
SHEET_DOORS = (
    "<style>{css}</style>",
    "<svg><style>{css}</style></svg>",
    "<div><style media=all>{css}</style></div>",
)
PARSERS = (
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror={hit}&gt;'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror={hit}>",
    "<svg></p><style><a id='</style><img src=x onerror={hit}>'>",
    "<svg><desc><table><tr><td><style><img src=x onerror={hit}></style>",
    "<math><annotation-xml encoding='text/html'><style><img src=x onerror={hit}></style></annotation-xml></math>",
    "<noscript><p title='</noscript><img src=x onerror={hit}>'></noscript>",
    "<noembed><p title='</noembed><img src=x onerror={hit}>'></noembed>",
    "<select><style></select><img src=x onerror={hit}></style></select>",
    "<textarea><p title='</textarea><img src=x onerror={hit}>'></textarea>",
    "<title><p title='</title><img src=x onerror={hit}>'></title>",
    "<plaintext><img src=x onerror={hit}>",
    "<!--><img src=x onerror={hit}>-->",
    "<!--[if !IE]><!--><img src=x onerror={hit}><!--<![endif]-->",
    "<!-- --!><img src=x onerror={hit}>",
    "<?xml <img src=x onerror={hit}>?>",
    "<![CDATA[><img src=x onerror={hit}>]]>",
    "<a title='x\"><img src=x onerror={hit}>'>x</a>",
    "<img alt='`><img src=x onerror={hit}>' src=cid:p>",
    "<template><template shadowrootmode=open><img src=x onerror={hit}></template></template>",
    "<div><template shadowrootmode=open><img src=x onerror={hit}></template></div>",
    "<table><caption><svg><caption><img src=x onerror={hit}></table>",
    "<b <script>{hit}</script>0",
    "<p id=' &quot;&gt;&lt;img src=x onerror={hit}&gt;'>",
    "<font size='\"><img src=x onerror={hit}>'>x</font>",
    "<div class='gmail_quote\"><img src=x onerror={hit}>'>x</div>",
)
# Published: nested tags that survive a strip, form tags, a fragment served without a policy, a markdown link, an uploaded SVG.
ADVISORIES = (
    "<scr<script></script>ipt>{hit}</scr<script></script>ipt>",
    "<<script>script>{hit}</<script>/script>",
    "<im<b>g src=x onerror={hit}></b>",
    "<form action={out}><input name=password autofocus onfocus={hit}></form>",
    "<form id=x></form><button form=x formaction=javascript:{hit}>x</button>",
    "<a href='javascript:{hit}'>[invoice](javascript:{hit})</a>",
    "<object type=image/svg+xml data='data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9cGFyZW50LmhpdCgwKT4='></object>",
    "<iframe src='data:text/html;base64,PHNjcmlwdD5wYXJlbnQuaGl0KDApPC9zY3JpcHQ+'></iframe>",
    '<meta http-equiv=Content-Security-Policy content="script-src *"><script>{hit}</script>',
    "<dialog open onclose={hit}><form method=dialog><button autofocus>x</button></form></dialog>",
    "<div popover id=p onbeforetoggle={hit}></div><button popovertarget=p>x</button>",
    "<isindex action=javascript:{hit} type=image src={out}>",
    "<frameset onload={hit}><frame src={out}></frameset>",
    "<bgsound src={out}><layer src={out}></layer><ilayer src={out}></ilayer>",
    "<img lowsrc={out} dynsrc={out} longdesc={out}>",
    "<blockquote cite={out}><q cite={out}>x</q></blockquote><a ping={out} href=https://shop.example/>x</a>",
)


def vectors(out: str) -> list[str]:
    """All of them, different from each other. `out`: where a picture server listens."""
    host = out.removeprefix("http://").split("/")[0]
    ways = cycle(WAYS)
    found = [
        holder.format(on=next(ways).format(event=event, upper=event.upper(), hit="hit(0)"))
        for holder, event in product(HOLDERS, EVENTS)
    ]
    urls = [url.format(hit="hit(0)", out=out, host=host) for url in URLS]
    found += [door.format(url=url) for door, url in product(URL_DOORS, urls)]
    values = [value.format(out=out) for value in VALUES]
    found += [f'<p style="{style.format(value=value)}">x</p>' for style, value in product(STYLES, values)]
    sheets = [sheet.format(out=out) for sheet in SHEETS]
    found += [door.format(css=css) for door, css in product(SHEET_DOORS, sheets)]
    found += [shape.format(hit="hit(0)", out=out) for shape in (*SHAPES, *PARSERS, *ADVISORIES)]
    return list(dict.fromkeys(vector.replace("\x00", "") for vector in found))
