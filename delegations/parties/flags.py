"""Pictures of flags: where they are, for pages, and what is in them, for paper.

A flag is named by an ISO 3166 code in capitals, or is NEUTRAL. The pictures are SVG with a ratio of 4 to 3
(static/vendor/flags, from flag-icons), so they are sharp at any size.
"""

from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static

NEUTRAL = "neutral"
_STATIC = Path(settings.STATICFILES_DIRS[0])
_PICTURES = "vendor/flags"


@cache
def known_flags() -> frozenset[str]:
    """Return the codes of the flags of which there is a picture."""
    return frozenset(picture.stem.upper() for picture in (_STATIC / _PICTURES).glob("??.svg"))


def flag_url(flag: str) -> str:
    """Return the URL of a flag's picture."""
    return static(_path(flag))


# The flags of one summit.
@lru_cache(maxsize=256)
def flag_svg(flag: str) -> str:
    """Return a flag's picture as SVG, or "" if there is none of it. The file is read once."""
    if flag != NEUTRAL and flag not in known_flags():
        return ""
    return (_STATIC / _path(flag)).read_text()


def _path(flag: str) -> str:
    return "flags/neutral.svg" if flag == NEUTRAL else f"{_PICTURES}/{flag.lower()}.svg"
