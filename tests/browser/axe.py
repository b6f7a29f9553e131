"""How browser tests look whether a page shuts somebody out: axe, once nothing moves any more, and what would move."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import JSHandle, Page

# Colours that are still blending are nobody's colours: axe would measure a contrast that no person ever reads.
STILL = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const inside = (root) => [...root.querySelectorAll('*')].flatMap((each) => each.shadowRoot ? [each.shadowRoot] : []);
  const roots = () => [document, ...inside(document)];
  await frame();
  while (roots().some((root) => root.getAnimations().length)) await frame();
}"""

MOVING = """(root) => [...(root ?? document).querySelectorAll('*')].filter((element) => {
  const style = getComputedStyle(element);
  return style.animationName !== 'none' || style.transitionDuration.split(',').some((each) => parseFloat(each) > 0);
}).length"""


def faults(page: Page, *, within: str | None = None, advice: bool = False) -> list[str]:
    """Every fault by WCAG and all that axe calls serious, on the page or within one element: the rule and the places.

    With `advice` also what is merely good practice, which a chat on somebody else's page cannot follow everywhere."""
    page.evaluate(STILL)
    found = Axe().run(page, context=within, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{each['id']}: {[node['html'][:120] for node in each['nodes']]}"
        for each in found
        if advice or "best-practice" not in each["tags"] or each["impact"] in {"serious", "critical"}
    ]


def moving(page: Page, root: JSHandle | None = None) -> int:
    """How many elements of the page, or within this root, have an animation or a transition."""
    counted: int = page.evaluate(MOVING, root)
    return counted
