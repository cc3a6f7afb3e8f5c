"""The scopes of tokens: a resource and a verb, such as "rooms:read".

Call `declare` for a resource where its rules are declared, in a module that the app imports when it is ready.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.core.punctuation import comma
from summit.core.text_normalisation import fold

READ, WRITE = "read", "write"
VERBS = {READ: gettext_lazy("read"), WRITE: gettext_lazy("read and change")}


@dataclass(frozen=True)
class Scoped:
    """A resource with its name in scopes and its label."""

    name: str
    label: Any
    # Whether the resource has anything to change.
    writes: bool = True


_DECLARED: dict[str, Scoped] = {}


def declare(name: str, label: Any, *, writes: bool = True) -> None:
    """Declare a resource for scopes. Raises ValueError if it is declared already.

    `writes` says whether the resource has anything to change.
    """
    if name in _DECLARED:
        raise ValueError(f"{name} is declared twice")
    _DECLARED[name] = Scoped(name, label, writes)


def resources() -> list[Scoped]:
    """Return all resources, sorted by name."""
    return [_DECLARED[name] for name in sorted(_DECLARED)]


def all_scopes() -> list[str]:
    """Return all scopes, ordered by resource: for each its read scope and its write scope."""
    return [f"{each.name}:{verb}" for each in resources() for verb in VERBS]


def by_label() -> list[Scoped]:
    """Return all resources, sorted by their labels in the active language."""
    return sorted(resources(), key=lambda each: fold(str(each.label)))


def describe_scopes(scopes: Iterable[str]) -> list[str]:
    """Return sentences in the active language about what scopes allow: one about reading, one about changing."""
    held, declared = set(scopes), by_label()
    changed = [str(each.label) for each in declared if f"{each.name}:{WRITE}" in held]
    read = [str(each.label) for each in declared if f"{each.name}:{READ}" in held and str(each.label) not in changed]
    sentences = []
    if all(covers(held, each.name, READ) for each in declared):
        sentences.append(_("Can read everything."))
    elif read:
        sentences.append(_("Can read: %(what)s.") % {"what": comma().join(read)})
    if changed:
        sentences.append(_("Can read and change: %(what)s.") % {"what": comma().join(changed)})
    return sentences


def checked(wanted: Iterable[str]) -> list[str]:
    """Return the scopes `wanted`, sorted and without duplicates. Raises ValidationError for an unknown scope."""
    scopes = sorted(set(wanted))
    wrong = [scope for scope in scopes if scope not in all_scopes()]
    if wrong:
        raise ValidationError(
            _("There is no scope “%(scope)s”. Choose from: %(known)s.")
            % {"scope": wrong[0], "known": ", ".join(all_scopes())},
            code="scope",
        )
    return scopes


def covers(scopes: Iterable[str], resource: str, verb: str) -> bool:
    """Return whether scopes allow a verb on a resource. The write scope of a resource includes its read scope."""
    held = set(scopes)
    return f"{resource}:{verb}" in held or (verb == READ and f"{resource}:{WRITE}" in held)


declare("summits", gettext_lazy("summits"))
declare("tokens", gettext_lazy("tokens"))
