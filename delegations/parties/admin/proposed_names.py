"""The admin page that gives parties their names in another language.

The ISO 3166 library proposes names. A user confirms them one by one and types the missing ones.
"""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.parties.models.parties import Party
from delegations.parties.selectors import footnotes, party_names, proposed_names
from delegations.parties.services import parties
from summit.admin_base.menu_places import MenuGroup, MenuPlace
from summit.admin_base.summit_pages import SummitPage, summit_page, summit_pages
from summit.summits.models import Summit
from summit.users.models import User

# The page shows at most this many parties. The next ones follow when these have names.
MOST = 100


@summit_page(
    "delegations/names/<slug:slug>/",
    "delegations_names",
    do="delegations.partyname.change",
)
def page(request: HttpRequest, summit: Summit, user: User) -> HttpResponse:
    """Show the parties without a name in `?language=`, with proposed names; a POST stores the names that are
    ticked."""
    offered = proposed_names.languages(summit)
    language_names = dict(offered)
    language = request.GET.get("language", "")
    language = language if language in language_names else offered[0][0]
    rows, numbers = proposed_names.proposals(summit, language, MOST), proposed_names.numbers(summit, language)
    problem, ticked = "", set()
    names_by_party = {row.party.pk: row.name for row in rows}
    if request.method == "POST":
        ticked = {row.party.pk for row in rows if f"take-{row.party.pk}" in request.POST}
        names_by_party = {key: request.POST.get(f"name-{key}", "") for key in names_by_party}
        try:
            number = _apply_names(
                summit, language, {key: names_by_party[key] for key in names_by_party if key in ticked}, user
            )
        except ValidationError as refused:
            problem = " ".join(refused.messages)
        else:
            message = ngettext("%(n)d name added.", "%(n)d names added.", number) % {"n": number}
            messages.success(request, message)
            return redirect(f"{reverse('admin:delegations_names', args=[summit.slug])}?language={language}")
    context = {
        **admin.site.each_context(request),
        "names": party_names.book(summit, parties=Party.objects.filter(pk__in=[row.party.pk for row in rows])),
        "notes": footnotes.Footnotes(),
        "title": _("Names in other languages"),
        "summit": summit,
        "languages": offered,
        "chosen": language,
        "language_name": language_names[language],
        "rows": [(row, names_by_party[row.party.pk], row.party.pk in ticked) for row in rows],
        "lacking": numbers["lacking"],
        "further": numbers["unnamed"] - len(rows),
        "problem": problem,
    }
    return TemplateResponse(
        request, "admin/delegations/parties/proposed_names.html", context, status=400 if problem else 200
    )


def _apply_names(summit: Summit, language: str, names: dict[int, str], user: User) -> int:
    if not names:
        raise ValidationError(_("Tick the names to add."))
    if not all(name.strip() for name in names.values()):
        raise ValidationError(_("Enter a name, or untick the row."))
    return parties.add_names(summit=summit, language=language, names=names, by=user)


summit_pages.register(15)(
    SummitPage(
        gettext_lazy("Names in other languages"),
        "delegations_names",
        "delegations.partyname.change",
        MenuPlace.SETTINGS,
        MenuGroup.PARTICIPATION,
    )
)
