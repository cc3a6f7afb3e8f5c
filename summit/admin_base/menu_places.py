"""The menu at the top of every admin page: the places and their lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import IntegerChoices, TextChoices
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from summit.admin_base.row_keys import key_of
from summit.admin_base.summit_scope import summits_of
from summit.permissions.rules import summits_for


class MenuPlace(TextChoices):
    """The places in the menu besides the home, in their order. The settings come last."""

    DELEGATIONS = "delegations", _("Delegations")
    ACCREDITATION = "accreditation", _("Accreditation")
    AGENDA = "agenda", _("Agenda")
    PRESS = "press", _("Press")
    SETTINGS = "settings", _("Settings")


class MenuGroup(IntegerChoices):
    """The groups of lists within a place, in their order. Lists for daily work are in no submenu.

    From SUMMIT on, they are the groups of the settings.
    """

    DAILY = 0, ""
    DECISIONS = 1, _("To decide")
    MORE = 2, _("More")
    SUMMIT = 3, _("The summit")
    PARTICIPATION = 4, _("Delegations and accreditation")
    PROGRAMME = 5, _("Agenda and press")
    ACCESS = 6, _("Accounts and access")
    SYSTEMS = 7, _("Messages and other systems")

    @property
    def of_settings(self) -> bool:
        """Whether it is a group of the settings."""
        return self >= MenuGroup.SUMMIT


@dataclass(frozen=True)
class MenuEntry:
    """A list or a page in the menu. `url` is its path, `scope` the query string that limits it to a summit."""

    label: Promise | str
    url: str
    place: MenuPlace
    group: MenuGroup
    scope: str = ""
    add_url: str = ""

    @property
    def name(self) -> str:
        """The label in the active language, with a capital."""
        return capfirst(str(self.label))


@dataclass(frozen=True)
class Link:
    """An entry of the menu of the page that is shown: whether it is this page, or the page is below it."""

    name: str
    url: str
    current: bool
    within: bool


@dataclass(frozen=True)
class Submenu:
    """A group of entries behind a word."""

    name: str
    links: list[Link]

    @property
    def within(self) -> bool:
        """Whether the page that is shown is in the group."""
        return any(link.within for link in self.links)


@dataclass(frozen=True)
class Place:
    """A place of the menu: the entries that it shows itself, and those in submenus."""

    value: MenuPlace
    links: list[Link]
    menus: list[Submenu]

    @property
    def url(self) -> str:
        """The URL of the first entry."""
        return (self.links or self.menus[0].links)[0].url

    @property
    def within(self) -> bool:
        """Whether the page that is shown is in the place."""
        return any(link.within for link in self.links) or any(menu.within for menu in self.menus)


def proposed(request: HttpRequest, given: dict[str, Any], action: str) -> dict[str, Any]:
    """Return the initial values for a new row: `given` with a summit, if one can be determined.

    This is the summit that the query string names, or the only summit where the user may do `action`. A desk's URL
    names a summit by its slug, as public pages do. A form names a summit by its key, which stays unchanged.
    """
    allowed, requested = summits_for(request.user, action), str(given.get("summit", ""))
    open_to = [row for row in summits_of(request) if allowed is None or row.pk in allowed]
    summit = next((row for row in open_to if row.slug == requested), open_to[0] if len(open_to) == 1 else None)
    initial = given if key_of(requested) is not None else {name: given[name] for name in given if name != "summit"}
    return {**({"summit": summit.pk} if summit else {}), **initial}


def navigation(entries: Iterable[MenuEntry], path: str) -> list[Place]:
    """Return the places that have entries for the menu of the page at `path`, with the settings last.

    The entries keep their order within a group. Daily entries, and single entries of other groups, need no submenu.
    A page is within the entry whose path says most of its own.
    """
    rows = list(entries)
    deepest = max((entry.url for entry in rows if path.startswith(entry.url)), key=len, default="")
    places = []
    for value in MenuPlace:
        here = [entry for entry in rows if entry.place == value]
        groups = {
            group: [_link(entry, path, deepest) for entry in here if entry.group == group] for group in MenuGroup
        }
        open_ones = [group for group, links in groups.items() if group == MenuGroup.DAILY or len(links) == 1]
        links = [link for group in open_ones for link in groups.pop(group)]
        menus = [Submenu(str(group.label), found) for group, found in groups.items() if found]
        if here:
            places.append(Place(value, links, menus))
    return places


def _link(entry: MenuEntry, path: str, deepest: str) -> Link:
    return Link(entry.name, entry.url + entry.scope, path == entry.url, entry.url == deepest)
