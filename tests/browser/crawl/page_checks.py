"""What is asked of every page: axe's rules, and what axe has no rule for, at two widths and in two colour schemes."""

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext

Mode = tuple[int, str]

RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
HEIGHT = 900
# Each colour scheme at one width: colours are the same at both. The narrow one is the narrowest phone; no breakpoint
# lies between it and other phones.
WIDE, NARROW = MODES = ((1280, "light"), (320, "dark"))
# What axe finds in one mode and not in another.
OF_MODES = {
    "type": "rule",
    "values": ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"],
}
COLOURLESS = {"color-contrast": {"enabled": False}}

# What the document says of itself, what axe finds, and texts and controls that are cut off, or lie where one can't
# scroll to. For axe, what sticks to an edge of the window goes back to its own place, where it covers nothing.
LOOK = """async options => {
    const all = [...document.body.querySelectorAll('*')], root = document.documentElement;
    const cut = [];
    const name = e => `${e.tagName.toLowerCase()}.${e.className} “${e.textContent.trim().slice(0, 40)}”`;
    const scrolls = e => { for (let p = e; p && p !== document.body; p = p.parentElement) {
        const s = getComputedStyle(p); if (/auto|scroll/.test(s.overflowX)) return true; } return false; };
    for (const e of all) {
        if (e.closest('svg') || !e.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
        const s = getComputedStyle(e), r = e.getBoundingClientRect();
        if (r.width < 2 || r.height < 2) continue;
        const clips = /hidden|clip/.test(s.overflowX) && !/^(INPUT|SELECT|TEXTAREA|PROGRESS)$/.test(e.tagName);
        // A card of the board is as wide as its room; what is cut is in its title, and in the tip at the focus.
        const told = e.closest('.board-card[title]');
        if (clips && !told && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1) cut.push('cut: ' + name(e));
        const words = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
        if ((words || /^(A|BUTTON|INPUT|SELECT|TEXTAREA)$/.test(e.tagName)) && s.position !== 'absolute' &&
            s.position !== 'fixed' && (r.left < -1 || r.right > root.clientWidth + 1) && !scrolls(e) &&
            !e.closest('.visually-hidden'))
            cut.push('outside: ' + name(e));
    }
    if (root.scrollWidth > root.clientWidth) cut.push('sideways: ' + root.scrollWidth + ' > ' + root.clientWidth);
    const found = {
        says: {
            h1: [...document.querySelectorAll('h1')].filter(e => e.checkVisibility()).length,
            title: document.title.trim() !== '',
            lang: root.lang,
            dir: [root.dir || 'ltr', getComputedStyle(document.body).direction],
        },
        cut: [...new Set(cut)].slice(0, 6),
        axe: [],
    };
    if (options) {
        for (const e of all)
            if (getComputedStyle(e).position === 'sticky')
                Object.assign(e.style, {position: 'relative', inset: 'auto'});
        for (const {id, nodes} of (await axe.run(document, options)).violations)
            found.axe.push([id, nodes.length, nodes[0].target.join(' '), nodes[0].html, nodes[0].failureSummary]);
    }
    return found;
}"""


class Window:
    """A page of a browser, at the width and in the colour scheme of a mode."""

    def __init__(self, context: BrowserContext) -> None:
        self.page = context.new_page()
        self._width, self._scheme = 0, ""

    def show(self, mode: Mode) -> None:
        """Give the page the width and the colour scheme of a mode."""
        width, scheme = mode
        self._widen(width)
        if scheme != self._scheme:
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            self._scheme = scheme

    def _widen(self, width: int) -> None:
        if width != self._width:
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            self._width = width

    def look(self, language: str, modes: Sequence[Mode] = MODES, colours: Sequence[Mode] = MODES) -> list[str]:
        """Return what is wrong with the open page.

        Axe is asked in these modes: in the first by all its rules, in the others by those that depend on the mode;
        about contrast, which takes most of the time, in `colours`. The layout is looked at in all modes.
        """
        wrong: dict[str, None] = {}
        self.page.evaluate(AXE_SCRIPT)
        for mode in (*modes, *(mode for mode in MODES if mode not in modes)):
            width, scheme = mode
            if mode in modes:
                self.show(mode)
            self._widen(width)
            asked = RULES if mode == modes[0] else OF_MODES
            rules = {} if mode in colours else COLOURLESS
            options = {"runOnly": asked, "resultTypes": ["violations"], "rules": rules, "iframes": False}
            found = self.page.evaluate(LOOK, options if mode in modes else None)
            lines = [
                *_says(found["says"], language),
                *(f"{width} {scheme}: {_line(*rule)}" for rule in found["axe"]),
                *(f"{width}: {line}" for line in found["cut"]),
            ]
            wrong |= dict.fromkeys(lines)
        return list(wrong)


def _line(rule: str, number: int, target: str, html: str, summary: str) -> str:
    return f"{rule} x{number}: {target} | {' '.join(html.split())[:160]} | {' '.join(summary.split())[:260]}"


def _says(found: dict[str, Any], language: str) -> list[str]:
    direction = "rtl" if language == "ar" else "ltr"
    expected = {"h1": 1, "title": True, "lang": language, "dir": [direction, direction]}
    return [f"{name} is {found[name]!r}" for name, value in expected.items() if found[name] != value]
