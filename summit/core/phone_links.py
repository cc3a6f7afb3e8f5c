"""Telephone numbers as links that call them (RFC 3966)."""

import re

# "ext. 12", "x12" or "#12" at the end.
_EXTENSION = re.compile(r"\s*(?:\bext(?:ension)?\b\.?|x|#)\s*(\d+)\s*$", re.IGNORECASE)
# "+44 (0)20": the zero is only dialled within the country.
_TRUNK_ZERO = re.compile(r"^(\s*\+[\d\s]+)\(0\)")


def tel_uri(phone: str) -> str:
    """Return the `tel:` URI of a number as people write it, or "" if it has no digits.

    The URI has the digits, a leading plus and the extension. Digits of any script become those of ASCII.
    """
    extension = _EXTENSION.search(phone)
    number = _TRUNK_ZERO.sub(r"\1", phone[: extension.start()] if extension else phone)
    digits = _digits(number)
    if not digits:
        return ""
    plus = "+" if number.lstrip("\u200e\u200f\u202a \t(").startswith("+") else ""
    return f"tel:{plus}{digits}" + (f";ext={_digits(extension[1])}" if extension else "")


def _digits(text: str) -> str:
    return "".join(str(int(character)) for character in text if character.isdecimal())
