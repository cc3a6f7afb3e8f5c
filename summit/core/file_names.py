"""Names of files for people who download them: in their language, with what is in them, safe on every system."""

import re
import unicodedata

from django.utils.http import content_disposition_header

# What Windows, macOS or a shell doesn't allow in a name, or reads as something else.
_UNSAFE = re.compile(r'[\\/:*?"<>|]+')
_UNSEEN = {"Cc", "Cf", "Zl", "Zp"}
# Persian and Indian words are spelt with them.
_JOINERS = "\u200c\u200d"
# A name has at most 255 bytes on most systems, and a number may be added to it.
_LONGEST_PART = 80
_LONGEST = 220


def file_name(*parts: str, ending: str) -> str:
    """Return a file name made of some parts, such as "Invitation – France.pdf". Empty parts are left out.

    Characters that a file system refuses, control characters and marks of writing direction become spaces. A long
    name is cut, in bytes of UTF-8.
    """
    stem = " – ".join(filter(None, map(_safe, parts)))
    shortened = stem.encode()[:_LONGEST].decode(errors="ignore").rstrip(" .–")
    return f"{shortened or ending}.{ending}"


def _safe(part: str) -> str:
    words = " ".join(_UNSAFE.sub(" ", "".join(map(_visible, part))).split())
    return words[:_LONGEST_PART].strip(" .")


def _visible(letter: str) -> str:
    return " " if unicodedata.category(letter) in _UNSEEN and letter not in _JOINERS else letter


def disposition(name: str, *, attached: bool = True) -> str:
    """Return the Content-Disposition header of a file (RFC 6266): `filename*` where the name isn't plain ASCII.

    Unless it is `attached`, a browser may show the file.
    """
    kind = "attachment" if attached else "inline"
    return content_disposition_header(attached, name) or kind
