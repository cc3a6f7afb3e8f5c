"""Every place that gives out the bytes of an uploaded file asks whether it may: all places, in all channels."""

import re
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from delegations.badges.selectors import badge_sheet
from delegations.invitations import letter_rendering
from delegations.participants.selectors import photo_sheet
from press.texts.models.editions import EditionAttachment
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from summit.core.encrypted_fields import EncryptedBytesField
from summit.privacy.registry import Subject, portions
from summit.public_base.page_cache import PAGES
from summit.quarantine.kept_files import KINDS
from summit.quarantine.models import FileScan, FileScanQuerySet
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import queries
from tests.press.helpers import ago, make_text
from tests.ratchets import at, broken, hold, table
from tests.sources import matching, text

pytestmark = pytest.mark.django_db
# Bytes that are no uploaded file: lists that were exported, answers of the API, mails.
NOT_UPLOADED = {"jobs.ExportedFilePart", "api.IdempotencyRecord", "outbox.Message"}


class World:
    """One uploaded file of each kind, and a browser of each kind of reader."""

    def __init__(self) -> None:
        self.summit = f.SummitFactory.create(public=True)
        self.boss = f.UserFactory.create(is_superuser=True)
        self.desk = signed_in(self.boss)
        self.public = Client()
        point = f.FocalPointFactory.create(party__summit=self.summit, person__user=f.UserFactory.create())
        assert point.person.user is not None
        self.party, self.portal = point.party, signed_in(point.person.user)
        member = f.MembershipFactory.create(party=self.party, person__summit=self.summit)
        self.person = member.person
        self.photo = f.PhotoFactory.create(person=self.person, entered_for=self.party)
        self.badge = f.BadgeFactory.create(person=self.person, party=self.party)
        self.scan = f.ReplyScanFactory.create(reply__invitation__party=self.party)
        self.emblem = f.EmblemFactory.create(summit=self.summit)
        self.session = f.SessionFactory.create(summit=self.summit, visibility=Visibility.PUBLIC)
        f.ParticipantFactory.create(session=self.session, party=self.party)
        self.document = f.DocumentFactory.create(session=self.session)
        releases.release(summit=self.summit, by=self.boss, tell=False)
        edition = make_text(summit=self.summit, moment=ago(1))
        self.text = edition.version.text
        self.attachment = f.AttachmentFactory.create(text=self.text)
        EditionAttachment.objects.create(edition=edition, attachment=self.attachment)

    @property
    def rows(self) -> list[Any]:
        return [self.photo, self.scan, self.emblem, self.document, self.attachment]

    def get(self, browser: Client, name: str, *args: Any) -> bytes:
        """Return what a page answers, b"" for none."""
        answer = browser.get(reverse(name, args=args))
        assert answer.status_code in (200, 404)
        return answer.content if answer.status_code == 200 else b""

    def api(self, resource: str, key: str) -> bytes:
        """Return what the API answers for a file, b"" if it is kept back."""
        answer = self.desk.get(f"/api/v1/summits/{self.summit.slug}/desk/{resource}/{key}/content/")
        assert answer.status_code in (200, 409)
        if answer.status_code == 409:
            assert answer.json()["detail"] == "Being checked for viruses. Reload this page in a minute."
            return b""
        return answer.content

    def portion(self, name: str) -> bytes:
        """Return the files of a part of what is handed over to the person."""
        (part,) = [each for each in portions() if each.name == name]
        assert part.files is not None
        return b" ".join(content for _name, content in part.files(Subject(self.person)))


def _face(sheet: list[Any]) -> bytes:
    return str(next((card.photo for card in sheet if card.photo), "")).encode()


# What gives out each row's file, and how to ask it. The bytes are as they are, or in Base64.
PLACES: dict[str, dict[str, Callable[[World], bytes]]] = {
    "document": {
        "sessions/documents/admin.py": lambda w: w.get(w.desk, "admin:agenda_document_file", w.document.pk),
        "sessions/documents/api.py": lambda w: w.api("session-documents", w.document.public_id),
        "portal/views/session_page.py": lambda w: w.get(
            w.portal, "portal:document", w.session.public_id, w.document.public_id
        ),
        "sessions/public/released_files.py": lambda w: w.get(
            w.public, "agenda:document", w.summit.slug, w.session.public_id, w.document.public_id
        ),
    },
    "attachment": {
        "press/overview/admin/comparison.py": lambda w: w.get(
            w.desk, "admin:press_text_file", w.text.pk, w.attachment.pk
        ),
        "press/overview/api/attachments_and_topics.py": lambda w: w.api("attachments", w.attachment.public_id),
        "press/public/views/texts.py": lambda w: w.get(
            w.public, "press:file", w.summit.slug, w.text.slug, w.attachment.public_id, w.attachment.file_name
        ),
    },
    "scan": {
        "delegations/invitations/admin/answers.py": lambda w: w.get(
            w.desk, "admin:delegations_reply_scan", w.scan.reply_id
        ),
        "delegations/invitations/api/answers.py": lambda w: w.api("replies", w.scan.reply.public_id),
    },
    "photo": {
        "delegations/members/admin/particulars.py": lambda w: w.get(
            w.desk, "admin:summit_person_photo_file", w.person.pk
        ),
        "delegations/participants/api/photos.py": lambda w: w.api("photos", w.person.public_id),
        "portal/views/delegation/person.py": lambda w: w.get(
            w.portal, "portal:person_photo", w.party.public_id, w.person.public_id
        ),
        "delegations/badges/selectors/badge_sheet.py": lambda w: _face(
            badge_sheet.cards(badges=[w.badge], by=w.boss)
        ),
        "delegations/participants/selectors/photo_sheet.py": lambda w: _face(
            photo_sheet.faces(summit=w.summit, by=w.boss, language="en")
        ),
        # What is handed over to the person.
        "delegations/privacy/services/delegation_data_of_people.py": lambda w: w.portion("photo"),
    },
    "emblem": {
        "summit/summits/emblem.py": lambda w: w.get(w.public, "summit:emblem", w.summit.slug),
        "delegations/invitations/letter_rendering.py": lambda w: letter_rendering._emblem.__wrapped__(
            w.summit.pk, "0123456789abcdef"
        ),
    },
}
MODULES = {module for places in PLACES.values() for module in places}
# Beside them: an import, which reads a file and gives it to nobody, and the scans that are handed over to a guest.
ELSEWHERE = {"summit/imports/services.py", "delegations/privacy/services/name_mentions.py"}


def served(world: World) -> set[str]:
    PAGES.clear()
    found = set()
    for name, places in PLACES.items():
        row = getattr(world, name)
        content = bytes(getattr(row, KINDS[row._meta.label_lower].field))
        answers = {module: ask(world) for module, ask in places.items()}
        found |= {module for module, said in answers.items() if content in said or b64encode(content) in said}
    return found


def test_no_place_gives_out_a_file_that_is_kept_back(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    assert served(world) == MODULES
    settings.CLAMD_URL = "unix:/nowhere"
    assert served(world) == MODULES
    for row in world.rows:
        FileScan.objects.create(summit=world.summit, kind=row._meta.label_lower, object_id=row.pk)
    assert served(world) == set()
    # The control: without the one predicate all of them give it out.
    with monkeypatch.context() as patch:
        patch.setattr(FileScanQuerySet, "held", FileScanQuerySet.none)
        assert served(world) == MODULES
    FileScan.objects.update(state="clean", finished_at="2026-01-01T00:00Z")
    assert served(world) == MODULES


def test_pages_name_a_file_that_is_kept_back_without_a_link(settings: Any) -> None:
    world = World()
    session, text = world.session, world.text
    pages = {
        "desk": (world.desk, reverse("admin:agenda_session_documents", args=[session.pk])),
        "portal": (world.portal, reverse("portal:session", args=[session.public_id])),
        "public": (world.public, reverse("agenda:session", args=[world.summit.slug, session.public_id])),
        "press": (world.public, reverse("press:text", args=[world.summit.slug, text.slug])),
        "press desk": (world.desk, reverse("admin:press_text_detail", args=[text.pk])),
        "photo": (world.desk, reverse("admin:summit_person_photo", args=[world.person.pk])),
        "scan": (world.desk, reverse("admin:delegations_reply_change", args=[world.scan.reply_id])),
        "emblem": (world.desk, reverse("admin:emblem", args=[world.summit.slug])),
    }
    settings.CLAMD_URL = "unix:/nowhere"
    for row in world.rows:
        FileScan.objects.create(summit=world.summit, kind=row._meta.label_lower, object_id=row.pk)
    links = (f"/document/{world.document.pk}/file/", world.document.public_id, world.attachment.public_id)
    for name, (browser, path) in pages.items():
        said = browser.get(path).content.decode()
        assert "Being checked for viruses." in said, name
        # The public id of a document is also in the form that orders documents, never in a link.
        assert not re.search(rf'href="[^"]*({"|".join(map(re.escape, links))})', said), name
    FileScan.objects.update(state="infected", signature="Test.Virus", finished_at="2026-01-01T00:00Z")
    PAGES.clear()
    for name in ("desk", "press desk", "scan"):
        browser, path = pages[name]
        assert "a virus was found (Test.Virus)" in browser.get(path).content.decode(), name
    browser, path = pages["portal"]
    assert "Refused by the virus check." in browser.get(path).content.decode()
    browser, path = pages["public"]
    assert world.document.title not in browser.get(path).content.decode()


def test_every_kind_of_uploaded_bytes_is_declared() -> None:
    found = [model for model in apps.get_models() if not model._meta.proxy]
    models = {each._meta.label: each for each in found if EncryptedBytesField in map(type, each._meta.local_fields)}
    declared = [kind.model._meta.label for kind in KINDS.values()]
    todo = "Declare a KeptFile of it (summit.quarantine.kept_files). What nobody uploads, add to {table}."
    hold(table(models, [*declared, *NOT_UPLOADED], f"{__file__} NOT_UPLOADED", todo))


def test_every_module_that_gives_out_files_is_tried() -> None:
    asks = re.compile(r"from summit\.quarantine\.selectors import [^\n]*\b(content_of|served)\b")
    modules = {str(path): at(path, "summit.quarantine.selectors import") for path in matching(asks)}
    hold(table(modules, MODULES | ELSEWHERE, f"{__file__} PLACES", "Add to {table} how it is asked for the file."))


# Modules that read bytes past the gate, and why.
PAST = {
    "delegations/invitations/services/answers.py": "what was uploaded, to store it",
    "press/texts/services/attachments.py": "what was uploaded, to store it",
    "sessions/documents/services/documents.py": "what was uploaded, to store it",
    "summit/imports/services.py": "a file that was parsed",
    "summit/imports/personal_data.py": "finds names in it",
    "summit/import_export/export_services.py": "a list that was exported",
    "summit/summits/emblem.py": "the digest, once it is clean",
}


def test_no_other_module_reads_the_bytes() -> None:
    reads = re.compile(r"bytes\([\w.]+\.(?:content|image)\)|(?:\brow|\bscan|\bfile)\.(?:content|image),")
    past = [at(path, *reads.findall(text(path))) for path in matching(reads) if str(path) not in PAST]
    hold(broken(f"Ask summit.quarantine.selectors.content_of, or give the reason in {at(__file__, 'PAST =')}.", past))


def test_what_several_files_ask_does_not_grow(settings: Any) -> None:
    settings.CLAMD_URL = "unix:/nowhere"
    summit, boss = f.SummitFactory.create(), f.UserFactory.create(is_superuser=True)

    def asked(people: int) -> int:
        for _number in range(people):
            f.PhotoFactory.create(person=f.MembershipFactory.create(party__summit=summit).person)
        return queries(lambda: photo_sheet.faces(summit=summit, by=boss, language="en"))

    asked(2)
    assert asked(1) == asked(5)
