"""The reader's agenda as the pocket programme, to be printed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from delegations.domain import naming
from delegations.domain.naming import Book
from portal.identity import Viewer, viewer_of, viewer_required
from sessions.domain import member, releases
from sessions.models.labels import beside
from sessions.printed import pocket
from sessions.printed.pocket import Pocket, Said
from summit.paper import words
from summit.paper.fonts import MissingFontError


@require_safe
@viewer_required
def programme(request: HttpRequest) -> HttpResponse:
    """Print the reader's sessions, or with `?show=all` all that they may know of."""
    viewer = viewer_of(request)
    everything = request.GET.get("show") == "all"
    back = f"{reverse('portal:agenda')}?summit={viewer.summit.slug}{'&show=all' if everything else ''}"
    release = releases.latest(viewer.summit)
    if release is None:
        messages.error(request, _("The agenda has not been released yet."))
        return redirect(back)
    find = member.members_agenda if everything else member.own_agenda
    names = naming.book(viewer.summit)
    asked = Pocket(viewer.summit, release, viewer.members, _whose(viewer, names), not everything, names)
    try:
        content = pocket.write(asked, find(summit=viewer.summit, members=viewer.members))
    except MissingFontError as problem:
        messages.error(request, f"{words.missing(problem)} {words.remedy(problem)}")
        return redirect(back)
    name = f"{viewer.summit.slug}-programme-{release.number}.pdf"
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or "inline"
    return response


def _whose(viewer: Viewer, names: Book) -> list[Said]:
    """Return whose programme it is: the reader's own, where they are known, and that of the parties they read for."""
    found = [Said(viewer.me.label, viewer.summit.language)] if viewer.me else []
    for party in viewer.reads_for:
        named = names.of(party)
        if named is not None and not (viewer.me and not beside(viewer.me.label, party.name)):
            found.append(Said(named.name, named.language))
    return found
