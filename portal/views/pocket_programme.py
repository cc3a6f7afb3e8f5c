"""The viewer's agenda as a pocket programme to print."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.visitor_identity import portal_page, viewer_of
from sessions.agenda.selectors import last_changed, released_agenda, released_snapshots
from sessions.public import pocket_programme as printed
from summit.core.file_names import disposition
from summit.pdf import missing_fonts
from summit.pdf.fonts import MissingFontError


@portal_page()
def programme(request: HttpRequest) -> HttpResponse:
    """Return the PDF of the viewer's own sessions. With `?show=all`, it has all sessions that the viewer may see."""
    viewer = viewer_of(request)
    everything = request.GET.get("show") == "all"
    back = f"{reverse('portal:agenda')}?summit={viewer.summit.slug}{'&show=all' if everything else ''}"
    if released_snapshots.latest(viewer.summit) is None:
        messages.error(request, _("The agenda is not released yet."))
        return redirect(back)
    updated = last_changed.of_members(viewer.summit, viewer.members, everything=everything)
    find = released_agenda.members_agenda if everything else released_agenda.own_agenda
    reader = printed.ProgrammeReader(viewer.members, viewer.reads_for, viewer.me)
    rows = find(summit=viewer.summit, members=viewer.members)
    try:
        name, content = printed.write(viewer.summit, updated, reader, rows, own=not everything)
    except MissingFontError as problem:
        messages.error(request, f"{missing_fonts.missing(problem)} {missing_fonts.remedy(problem)}")
        return redirect(back)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = disposition(name, attached=False)
    return response
