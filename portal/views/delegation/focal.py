"""Who acts for a delegation, and who was asked for."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from delegations.models import FocalPoint, FocalPointRequest
from portal.delegation import Desk, desk


@require_safe
@desk("delegations.focalpoint.view")
def focal_points(request: HttpRequest, found: Desk) -> HttpResponse:
    """Show the focal points, and what protocol said to those who were asked for."""
    points = FocalPoint.objects.filter(party=found.party).select_related("person").order_by("pk")
    asked = FocalPointRequest.objects.filter(party=found.party).select_related("replaces__person")
    context = found.context(points=points, requests=asked)
    return render(request, "portal/delegation/focal_points.html", context)
