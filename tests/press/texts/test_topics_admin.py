"""Topics at the press desk: named, translated, renamed, and deleted where no text has them."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from press.texts.errors import DecisionRefused
from press.texts.models.topics import Topic
from press.texts.services import texts, topics
from summit.audit.models import AuditEntry
from summit.summits.models import Summit
from tests.clients import signed_in
from tests.factories import TopicFactory
from tests.press.helpers import ago, make_text, officer

pytestmark = pytest.mark.django_db
TOPICS = "/admin/press/topic/"


def values(summit: Summit, **changed: str) -> dict[str, Any]:
    return {"summit": summit.pk, "name": "Coasts", "name_en": "", "name_fr": "Côtes", "name_ar": "السواحل", **changed}


def test_a_topic_has_a_name_in_each_language_and_is_renamed(summit: Summit) -> None:
    client = signed_in(officer(summit))
    assert client.post(f"{TOPICS}add/", values(summit)).status_code == 302
    made = Topic.objects.get()
    assert (made.summit, made.name, made.names) == (summit, "Coasts", {"fr": "Côtes", "ar": "السواحل"})
    assert [made.called(language) for language in ("fr", "ar", "de")] == ["Côtes", "السواحل", "Coasts"]
    for path, given, sentence in (
        ("add/", {}, "The summit already has a topic with this name."),
        (f"{made.pk}/change/", {"name_en": "Another"}, "This is the summit’s own language."),
    ):
        assert sentence in client.post(f"{TOPICS}{path}", values(summit, **given)).content.decode()
    make_text(summit=summit).version.text.topics.add(made)
    assert client.post(f"{TOPICS}{made.pk}/change/", values(summit, name="Shores")).status_code == 302
    listed = client.get(TOPICS).context["cl"].result_list
    assert [(row.name, row.number) for row in listed] == [("Shores", 1)]


@pytest.mark.parametrize("used", [True, False])
def test_only_one_that_no_text_has_is_deleted(summit: Summit, used: bool) -> None:
    topic, client = TopicFactory(summit=summit), signed_in(officer(summit))
    if used:
        make_text(summit=summit, title="About <it>").version.text.topics.add(topic)
    shown = client.get(f"{TOPICS}{topic.pk}/delete/").content.decode()
    assert ("About &lt;it&gt;</bdi></a>" in shown) is used
    assert ("Remove the topic from these texts first:" in shown) is used
    client.post(f"{TOPICS}{topic.pk}/delete/", {"post": "yes"})
    assert Topic.objects.exists() is used


def test_one_function_each_enters_changes_and_deletes(summit: Summit) -> None:
    by = officer(summit)
    topic = topics.add_topic(by=by, summit=summit, values={"name": "Coasts", "names": {"fr": "Côtes"}})
    topics.change_topic(by=by, topic=topic, values={"names": {}})
    assert (topic.name, topic.names) == ("Coasts", {})
    make_text(summit=summit, withdrawn_at=ago(1)).version.text.topics.add(topic)
    with pytest.raises(DecisionRefused, match="Texts use this topic"):
        topics.remove_topic(by=by, topic=topic)
    topic.texts.clear()
    topics.remove_topic(by=by, topic=topic)
    assert not Topic.objects.exists()
    entries = AuditEntry.objects.filter(action__startswith="press.topic.").order_by("pk")
    assert [entry.action.split(".")[-1] for entry in entries] == ["add", "change", "remove"]
    for names, said in (
        ({"en": "Shores"}, "This is the summit’s own language."),
        ({"de": "Küsten"}, "Enter one of: en, fr, ar."),
        ({"fr": "x" * 81}, "80 characters"),
        ({"fr": "a\x07"}, "printed"),
    ):
        with pytest.raises(ValidationError, match=said):
            topics.add_topic(by=by, summit=summit, values={"name": "Coasts", "names": names})


def test_what_is_not_said_of_such_a_text_is_refused(summit: Summit) -> None:
    by, text = officer(summit), make_text(summit=summit).version.text
    told = {"gather_place": "Gate", "comparison_public": True}
    with pytest.raises(ValidationError) as refused:
        texts.describe(text=text, by=by, topics=[str(n) for n in range(21)], people=[], **told)
    assert set(refused.value.error_dict) == {"gather_place", "comparison_public", "topics"}
    speech = make_text(summit=summit, speech=True).version.text
    with pytest.raises(ValidationError, match="so its session can’t be changed here"):
        texts.describe(text=speech, by=by, topics=[], people=[], session=speech.slot.session)
