"""Personal data of the press office for requests for access or erasure: subscriptions, and texts that name a person.

Subscriptions are erased. Texts stay, since published words are never changed.
"""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from press.subscriptions.models import Subscriber
from press.texts.models.texts import Text
from summit.privacy.registry import Portion, Subject, portion


def _subscriptions(subject: Subject) -> QuerySet[Subscriber]:
    return Subscriber.objects.filter(summit=subject.summit, address__in=subject.mailboxes)


def _texts(subject: Subject) -> QuerySet[Text]:
    condition = Q(slot__speaker=subject.person)
    for name in subject.names:
        condition |= Q(versions__editions__body__icontains=name) | Q(versions__editions__title__icontains=name)
        condition |= Q(versions__editions__summary__icontains=name) | Q(contact__icontains=name)
    return Text.objects.filter(condition, summit=subject.summit).distinct().order_by("pk")


portion(60)(
    Portion(
        name="subscriptions",
        title=_("Subscriptions to texts"),
        model=Subscriber,
        rows=_subscriptions,
        erase=lambda subject: _subscriptions(subject).delete()[0],
        gone=_("Ended and deleted."),
        columns=("address", "language", "asked_at", "confirmed_at", "ended_at"),
    )
)
portion(61)(
    Portion(
        name="texts",
        title=_("Press texts that name or quote the person"),
        model=Text,
        rows=_texts,
        stays=_("Published texts never change. The press office can withdraw a text or publish a correction."),
        columns=("kind", "slug"),
        desks=True,
    )
)
