"""Describe browsers and devices in words, from the User-Agent header. For display only."""

import re

from django.utils.translation import gettext as _

# The order matters: each browser's header also matches patterns further down.
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
    """Return the browser and device of a User-Agent header in words, such as "Firefox on Windows"."""
    browser, machine = _first(_BROWSERS, agent[:300]), _first(_DEVICES, agent[:300])
    if browser and machine:
        return _("%(browser)s on %(device)s") % {"browser": browser, "device": machine}
    return browser or machine or _("unknown browser")
