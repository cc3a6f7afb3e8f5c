"""Views of the handbook. They are public and know nobody, since "Help" is also for who can't sign in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from portal.handbook import selectors
from summit.public_base.public_pages import public_page


@public_page()
def index(request: HttpRequest) -> HttpResponse:
    """List the tasks of each role."""
    language = selectors.language_for(get_language() or "")
    return render(request, "handbook/index.html", {"readers": selectors.readers(language), "written_in": language})


@public_page("handbook page")
def task(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the page of a task."""
    if slug not in selectors.tasks():
        raise Http404
    guide = selectors.guide(slug, selectors.language_for(get_language() or ""))
    before, after = selectors.neighbours(guide)
    return render(request, "handbook/task.html", {"guide": guide, "before": before, "after": after})
