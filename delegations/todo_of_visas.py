"""What the desk's home says of visa support letters: a focal point asked, and waits."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import ngettext

from delegations.models import VisaState
from delegations.todo import waiting
from summit.desk.today import Task, Urgency, desk_task
from summit.permissions.rules import allows
from summit.summits.models import Summit

ISSUE = "delegations.issue_visa"


def letters(summit: Summit) -> str:
    """Return the address of a summit's letters that are asked for."""
    query: dict[str, Any] = {"summit__id__exact": summit.pk, "state__exact": VisaState.ASKED.value}
    return f"{reverse('admin:delegations_visaletter_changelist')}?{urlencode(query)}"


def asked_words(number: int) -> str:
    """Say how many letters are asked for."""
    said = ngettext(
        "%(n)d visa support letter is asked for: issue or refuse.",
        "%(n)d visa support letters are asked for: issue or refuse.",
        number,
    )
    return said % {"n": number}


@desk_task.register(10)
def issuing_letters(request: HttpRequest, summit: Summit) -> Iterable[Task]:
    """Tell those who issue letters how many wait: an embassy takes weeks."""
    if allows(request.user, ISSUE, summit) and (number := waiting(request, summit)["visas"]):
        yield Task(asked_words(number), Urgency.NOW, letters(summit), ISSUE)
