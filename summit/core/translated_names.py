"""Validate names in several languages, of kinds of session, topics and kinds of declaration.

`name` is in the summit's language. `names` is a dict from the code of each other language to the name.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def tidy(values: Mapping[str, Any], row: Any, *, own: str = "") -> dict[str, Any]:
    """Return a row's values with `names`, if present, reduced to the names that are stored.

    Empty names are dropped, and so is the name in `own`, which is the language of `name`. Raises ValidationError for
    an unknown language, for a text that can't be a name, and for a name in `own` that differs from `name`.
    """
    if "names" not in values:
        return dict(values)
    names, known = values["names"] if isinstance(values["names"], Mapping) else {}, dict(settings.LANGUAGES)
    for code, name in names.items():
        if code not in known:
            raise _wrong(_("Enter one of: %(known)s.") % {"known": ", ".join(known)})
        if name.strip():
            try:
                type(row)._meta.get_field("name").clean(name, row)
            except ValidationError as refused:
                raise _wrong(refused.messages) from None
    if own and names.get(own, "") not in ("", values.get("name", row.name)):
        raise _wrong(_("This is the summit’s own language. Enter the same as in “name”, or leave it blank."))
    return {**values, "names": {code: name for code, name in names.items() if name.strip() and code != own}}


def _wrong(errors: Any) -> ValidationError:
    return ValidationError({"names": errors})
