"""Browsers and devices in words, from what a browser says of itself. Nothing is decided by it."""

import re

from django.utils.translation import gettext as _

# In this order: each says that it is the ones below it, too.
_BROWSERS = (
    ("Edge", r"\bEdgA?(iOS)?/"),
    ("Opera", r"\bOPR/"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Firefox", r"\b(Firefox|FxiOS)/"),
    ("Chrome", r"\b(Chrome|CriOS|HeadlessChrome)/"),
    ("Safari", r"\bVersion/.*\bSafari/"),
)
_DEVICES = (
    ("iPhone", r"\biPhone\b"),
    ("iPad", r"\biPad\b"),
    ("Android", r"\bAndroid\b"),
    ("Windows", r"\bWindows\b"),
    ("Mac", r"\bMacintosh\b"),
    ("ChromeOS", r"\bCrOS\b"),
    ("Linux", r"\bLinux\b"),
)


def _first(known: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for name, pattern in known if re.search(pattern, agent)), "")


def device(agent: str) -> str:
    """Return a browser and its device, such as "Firefox on Windows"."""
    browser, machine = _first(_BROWSERS, agent[:300]), _first(_DEVICES, agent[:300])
    if browser and machine:
        return _("%(browser)s on %(device)s") % {"browser": browser, "device": machine}
    return browser or machine or _("a browser that does not say which")
