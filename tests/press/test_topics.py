"""Topics at the press desk: named, translated, renamed, and deleted where no text has them."""

from typing import Any

import pytest
from django.test import Client

from press.models import Topic
from summit.models import AuditEntry, Summit, User
from tests.factories import SummitFactory, TopicFactory
from tests.press.helpers import approver, make_text, officer, organiser

pytestmark = pytest.mark.django_db
TOPICS = "/admin/press/topic/"


@pytest.fixture
def summit() -> Summit:
    return SummitFactory()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def values(summit: Summit, **changed: str) -> dict[str, Any]:
    return {"summit": summit.pk, "name": "Coasts", "name_en": "", "name_fr": "Côtes", "name_ar": "السواحل", **changed}


def test_a_topic_has_a_name_in_each_language(summit: Summit) -> None:
    client = signed_in(officer(summit))
    assert client.post(f"{TOPICS}add/", values(summit)).status_code == 302
    made = Topic.objects.get()
    assert (made.summit, made.name, made.names) == (summit, "Coasts", {"fr": "Côtes", "ar": "السواحل"})
    assert [made.called(language) for language in ("en", "fr", "ar", "de")] == [
        "Coasts",
        "Côtes",
        "السواحل",
        "Coasts",
    ]
    refused = client.post(f"{TOPICS}add/", values(summit))
    assert "The summit has a topic of this name already." in refused.content.decode()
    refused = client.post(f"{TOPICS}{made.pk}/change/", values(summit, name_en="Another"))
    assert "This is the summit’s own language." in refused.content.decode()


def test_a_topic_is_renamed_and_its_texts_keep_it(summit: Summit) -> None:
    topic, client = TopicFactory(summit=summit, name="Costs"), signed_in(officer(summit))
    make_text(summit=summit).version.text.topics.add(topic)
    assert client.post(f"{TOPICS}{topic.pk}/change/", values(summit)).status_code == 302
    topic.refresh_from_db()
    assert (topic.name, topic.texts.count()) == ("Coasts", 1)
    entry = AuditEntry.objects.get(action="press.topic.change")
    assert entry.summit == summit
    listed = client.get(TOPICS)
    assert [(row.name, row.number) for row in listed.context["cl"].result_list] == [("Coasts", 1)]
    assert "السواحل" in listed.content.decode()


@pytest.mark.parametrize("used", [True, False])
def test_only_one_that_no_text_has_is_deleted(summit: Summit, used: bool) -> None:
    topic, client = TopicFactory(summit=summit), signed_in(officer(summit))
    if used:
        make_text(summit=summit, title="About <it>").version.text.topics.add(topic)
    shown = client.get(f"{TOPICS}{topic.pk}/delete/").content.decode()
    assert ("About &lt;it&gt;</bdi></a>" in shown) is used
    assert ("A press officer can take the topic off these texts first:" in shown) is used
    client.post(f"{TOPICS}{topic.pk}/delete/", {"post": "yes"})
    assert Topic.objects.exists() is used


def test_what_a_text_was_given_meanwhile_stays(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same post with nobody having looked at the texts before."""
    from press.admin.topics import TopicAdmin

    topic = TopicFactory(summit=summit)
    make_text(summit=summit).version.text.topics.add(topic)
    monkeypatch.setattr(TopicAdmin, "get_deleted_objects", lambda *_args: ([], {}, set(), []))
    signed_in(officer(summit)).post(f"{TOPICS}{topic.pk}/delete/", {"post": "yes"})
    assert Topic.objects.get() == topic


def test_officers_change_topics_and_the_others_read_them(summit: Summit) -> None:
    topic = TopicFactory(summit=summit)
    for make in (approver, organiser):
        client = signed_in(make(summit))
        assert client.get(f"{TOPICS}{topic.pk}/change/").status_code == 200
        assert client.post(f"{TOPICS}{topic.pk}/change/", values(summit)).status_code == 403
        assert client.get(f"{TOPICS}add/").status_code == 403
        assert client.post(f"{TOPICS}{topic.pk}/delete/", {"post": "yes"}).status_code == 403
    stranger = signed_in(officer(SummitFactory()))
    assert stranger.get(f"{TOPICS}{topic.pk}/change/").status_code == 404
    assert Topic.objects.get().name == topic.name
