"""A browser that is used by its keyboard alone."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from playwright.sync_api import ElementHandle, Locator, Page, expect

from tests.browser.conftest import Visitor

Name = str | re.Pattern[str]
Make = Callable[..., Visitor]
MOST_TABS = 120

# What has the focus: whether it is one of those looked for, whether one sees it, and whether something lies on top of
# it. Choices are drawn by their labels.
FOCUS = """wanted => {
    const e = document.activeElement;
    if (!e || e === document.body) return {tag: 'BODY', found: false, seen: true, covered: false};
    const drawn = [e, e.closest('label'), e.closest('.select2-container'), e.parentElement].filter(Boolean);
    const ring = x => { const s = getComputedStyle(x);
        return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== 'none'; };
    const r = e.getBoundingClientRect();
    const left = Math.max(0, r.left), top = Math.max(0, r.top);
    const wide = Math.min(innerWidth, r.right) - left, tall = Math.min(innerHeight, r.bottom) - top;
    const inside = wide > 0 && tall > 0;
    const points = [[.5, .5], [.1, .5], [.9, .5], [.5, .2], [.5, .8]].map(([x, y]) =>
        document.elementFromPoint(left + wide * x, top + tall * y));
    const own = p => p === e || e.contains(p) || p.contains(e) || p.closest('label')?.control === e;
    const free = points.some(p => p && own(p));
    const name = (e.getAttribute('aria-label') || e.textContent || e.name || '').trim().slice(0, 50);
    return {tag: e.tagName, name, found: wanted.includes(e),
            seen: drawn.some(ring), covered: !(inside && free)};
}"""


class Keys:
    """Finds its way by Tab, and asserts on the way that one sees where one is."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.page: Page = visitor.page

    def open(self, path: str) -> Page:
        """Open an address, as typed into the browser's bar."""
        return self.visitor.open(path)

    def step(self, key: str = "Tab", wanted: Sequence[ElementHandle] = ()) -> dict[str, Any]:
        """Go one step on; what has the focus is seen and not covered."""
        self.page.keyboard.press(key)
        focus: dict[str, Any] = self.page.evaluate(FOCUS, list(wanted))
        assert focus["seen"], f"{self.page.url}: one does not see that the focus is on {focus}"
        assert not focus["covered"], f"{self.page.url}: what has the focus is covered: {focus}"
        return focus

    def to(self, role: Any, name: Name, *, exact: bool = False, back: bool = False) -> "Keys":
        """Tab until what has this role and name has the focus. Fails after MOST_TABS."""
        locator = self.page.get_by_role(role, name=name, exact=exact)
        return self.to_element(locator, f"{role} {name!r}", back=back)

    def to_element(self, locator: Locator, what: str, *, back: bool = False) -> "Keys":
        """Tab until an element has the focus."""
        locator.first.wait_for(state="attached")
        if locator.evaluate_all("all => all.includes(document.activeElement)"):
            return self
        wanted = locator.element_handles()
        for _number in range(MOST_TABS):
            if self.step("Shift+Tab" if back else "Tab", wanted)["found"]:
                return self
        raise AssertionError(f"{self.page.url}: no way to {what} by {MOST_TABS} tabs")

    def type(self, text: str) -> "Keys":
        """Write in the place of what stands in the field."""
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)
        return self

    def press(self, *keys: str) -> "Keys":
        """Press keys that lead to no other page."""
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def go(self, key: str = "Enter") -> Page:
        """Press a key that leads to another page, and wait for it."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        return self.page

    def follow(self, role: Any, name: Name, *, exact: bool = False) -> Page:
        """Tab to a link or a button and press Enter."""
        return self.to(role, name, exact=exact).go()

    def choose(self, role: Any, name: Name, value: str) -> "Keys":
        """Tab to a list of choices and write the beginning of one."""
        self.to(role, name)
        self.page.keyboard.type(value)
        return self

    def find(self, locator: Locator, what: str, text: str, *, back: bool = False) -> "Keys":
        """Tab to a field in which one finds a row by typing, write what it is called, and choose it."""
        self.to_element(locator, what, back=back).press(*text)
        expect(self.page.locator(".select2-results__option--highlighted")).to_contain_text(text)
        return self.press("Enter")

    def radio(self, name: Name) -> "Keys":
        """Tab into a group of which one is chosen, and go to this one by the arrows."""
        locator = self.page.get_by_role("radio", name=name)
        group = self.page.locator(f"input[type=radio][name='{locator.first.get_attribute('name')}']")
        self.to_element(group, f"the choices with {name!r}")
        for _number in range(group.count()):
            if locator.first.is_checked():
                return self
            self.page.keyboard.press(
                "Space" if not group.evaluate_all("all => all.some(e => e.checked)") else "ArrowDown"
            )
        assert locator.first.is_checked()
        return self

    def sign_in(self, email: str, password: str) -> Page:
        """Sign in at the page that is open or at the sign-in page."""
        self.open("/accounts/login/")
        self.to("textbox", "Email address").type(email)
        self.to("textbox", "Password", exact=True).type(password)
        return self.go()

    def says(self, text: Name) -> None:
        expect(self.page.locator("body")).to_contain_text(text)


def somebody(visitor: Make, email: str = "", width: int = 1280) -> Keys:
    """Return the keyboard of somebody, signed in where an account is named."""
    found = Keys(visitor(width))
    if email:
        found.visitor.sign_in(email)
    return found


def read_mail(keys: Keys, address: str, subject: re.Pattern[str]) -> str:
    """Open the newest mail to an address with this subject, once it is there, and return what it says."""
    keys.visitor.reload_until(
        f"/dev/mail/?q={address}", lambda page: page.get_by_role("link", name=subject).count() > 0
    )
    keys.follow("link", subject)
    return keys.page.inner_text("main")
