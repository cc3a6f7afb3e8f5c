"""What is looked at on every page: axe's rules and what axe has no rule for, in each width and colour scheme."""

import json
from collections.abc import Sequence
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
HEIGHT, TALLEST = 900, 20000
# Each scheme at one width: what is drawn in which colours is the same at all.
MODES = ((1280, "light"), (390, "dark"))
# Colours take two thirds of the time. From right to left the document is the same: the rules are asked once, on a
# phone, and none for colours; what is cut off is looked for at each width.
COLOURLESS = {"color-contrast": {"enabled": False}}
NARROWEST = 320

# Texts and controls that are cut off, or lie where one can't scroll to.
CUT = """() => {
    const found = [];
    const name = e => `${e.tagName.toLowerCase()}.${e.className} “${e.textContent.trim().slice(0, 40)}”`;
    const scrolls = e => { for (let p = e; p && p !== document.body; p = p.parentElement) {
        const s = getComputedStyle(p); if (/auto|scroll/.test(s.overflowX)) return true; } return false; };
    for (const e of document.body.querySelectorAll('*')) {
        if (e.closest('svg') || !e.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
        const s = getComputedStyle(e), r = e.getBoundingClientRect();
        if (r.width < 2 || r.height < 2) continue;
        const clips = /hidden|clip/.test(s.overflowX) && !/^(INPUT|SELECT|TEXTAREA|PROGRESS)$/.test(e.tagName);
        if (clips && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1 && e !== document.body)
            found.push('cut: ' + name(e));
        const words = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
        if ((words || /^(A|BUTTON|INPUT|SELECT|TEXTAREA)$/.test(e.tagName)) && s.position !== 'absolute' &&
            s.position !== 'fixed' && !scrolls(e) &&
            (r.left < -1 || r.right > document.documentElement.clientWidth + 1) &&
            !e.closest('.visually-hidden'))
            found.push('outside: ' + name(e));
    }
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) found.push('sideways: ' + root.scrollWidth + ' > ' + root.clientWidth);
    return [...new Set(found)].slice(0, 6);
}"""

DOCUMENT = """() => ({
    h1: [...document.querySelectorAll('h1')].filter(e => e.checkVisibility()).length,
    title: document.title.trim(),
    lang: document.documentElement.lang,
    dir: document.documentElement.dir || 'ltr',
    computed: getComputedStyle(document.body).direction,
})"""


def axe(page: Page, without: list[str], otherwise: dict[str, Any]) -> list[str]:
    """Return what axe finds on the page as it stands; `otherwise` are rules that are set apart."""
    context = json.dumps({"exclude": [[found] for found in without]}) if without else "document"
    options = json.dumps({"runOnly": RULES, "resultTypes": ["violations"], "rules": otherwise})
    result: dict[str, Any] = page.evaluate(
        f"axe.run({context}, {options}).then(found => ({{violations: found.violations.map(rule => ({{id: rule.id,"
        " nodes: rule.nodes.map(node => [node.target.join(' '), node.html, node.failureSummary])}))}))"
    )
    found = []
    for rule in result["violations"]:
        target, html, summary = rule["nodes"][0]
        said = " ".join(summary.split())[:260]
        found.append(f"{rule['id']} x{len(rule['nodes'])}: {target} | {' '.join(html.split())[:160]} | {said}")
    return found


def look(
    page: Page, language: str, without: list[str], modes: Sequence[tuple[int, str]] = MODES, *, colours: bool = True
) -> list[str]:
    """Return what is wrong with the open page; the rules are asked in these modes, the last of them from right to
    left, and about contrast only where `colours` says so."""
    mirrored = language == "ar"
    asked = MODES[-1:] if mirrored else modes
    found = _document(page, language)
    page.set_viewport_size({"width": NARROWEST, "height": HEIGHT})
    found += [f"{NARROWEST}: {line}" for line in page.evaluate(CUT)]
    page.evaluate(AXE_SCRIPT)
    for width, scheme in MODES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        _unroll(page, width)
        if (width, scheme) in asked:
            lines = axe(page, without, COLOURLESS if mirrored or not colours else {})
            found += [f"{width} {scheme}: {line}" for line in lines]
        found += [f"{width}: {line}" for line in page.evaluate(CUT)]
    page.set_viewport_size({"width": MODES[0][0], "height": HEIGHT})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return found


def _unroll(page: Page, width: int) -> None:
    """Make the window as tall as the page: nothing that sticks to its edge lies on top of anything."""
    size = page.viewport_size
    if size is not None and size["width"] == width:
        return
    page.set_viewport_size({"width": width, "height": HEIGHT})
    tall = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(max(tall, HEIGHT), TALLEST)})


def _document(page: Page, language: str) -> list[str]:
    seen = page.evaluate(DOCUMENT)
    direction = "rtl" if language == "ar" else "ltr"
    expected = {"h1": 1, "lang": language, "dir": direction, "computed": direction}
    wrong = [f"{name} is {seen[name]!r}" for name, value in expected.items() if seen[name] != value]
    return wrong + ([] if seen["title"] else ["the page has no title"])
