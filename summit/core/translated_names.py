"""What a summit's own words are called in other languages: kinds of session, topics, kinds of declaration. `name` is
in the summit's language, `names` by language in others."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def tidy(values: Mapping[str, Any], row: Any, *, own: str = "") -> dict[str, Any]:
    """Return values for a row, its `names`, where they are among them, as they are kept: none that says nothing, and
    none in the language `own`, in which the name itself stands. Raises ValidationError for a language that there is
    none of, and for what can't be a name."""
    if "names" not in values:
        return dict(values)
    names, known = values["names"] if isinstance(values["names"], Mapping) else {}, dict(settings.LANGUAGES)
    for code, said in names.items():
        if code not in known:
            raise _wrong(_("Write one of: %(known)s.") % {"known": ", ".join(known)})
        if said.strip():
            try:
                type(row)._meta.get_field("name").clean(said, row)
            except ValidationError as refused:
                raise _wrong(refused.messages) from None
    if own and names.get(own, "") not in ("", values.get("name", row.name)):
        raise _wrong(_("This is the summit’s own language. Write the same as in “name”, or nothing."))
    return {**values, "names": {code: said for code, said in names.items() if said.strip() and code != own}}


def _wrong(said: Any) -> ValidationError:
    return ValidationError({"names": said})
