"""Letters: a summit's own texts, frozen when they are sent, and the same on paper."""

import io
from datetime import date
from typing import Any

import pypdf
import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError

from delegations.domain import letter_texts, links, templates
from delegations.domain.invitations import invite, write_anew
from delegations.models import Invitation, InvitationLink, LetterTemplate, Party, PartyName, Policy
from delegations.paper import letter
from summit.models import AuditEntry, Role, Summit, User
from summit.outbox.domain import delivery
from summit.outbox.kinds import KINDS, Mail
from summit.outbox.models import Message
from summit.paper.fonts import MissingFontError
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def summit() -> Summit:
    found: Summit = f.SummitFactory(name="Border Summit", host="the Home Office")
    return found


def protocol(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.PROTOCOL, summit)


def party(summit: Summit, **kwargs: Any) -> Party:
    found: Party = f.PartyFactory(summit=summit, name="Aland", formal_name="Republic of Aland", **kwargs)
    return found


def rendered(message: Message | None = None) -> Mail:
    from summit.outbox.domain import mime

    return mime.render(message or Message.objects.get())


def pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def own(summit: Summit, **kwargs: Any) -> LetterTemplate:
    said = {"purpose": "delegation", "language": "en", "subject": "For {party}", "body": "Own {reference}\n\n{link}"}
    return templates.keep(summit=summit, by=protocol(summit), **{**said, **kwargs})


class TestTemplates:
    def test_a_summits_own_text_is_used_and_the_systems_else(self, summit: Summit) -> None:
        own(summit)
        texts = templates.Texts(summit)
        assert texts.of("delegation", "en").body == "Own {reference}\n\n{link}"
        assert texts.of("delegation", "fr") == letter_texts.usual("delegation", "fr")
        assert templates.Texts(f.SummitFactory()).of("delegation", "en") == letter_texts.usual("delegation", "en")

    def test_saving_again_changes_the_one_there_is(self, summit: Summit) -> None:
        first = own(summit)
        assert own(summit, body="Other\r\n{link} ") == first
        first.refresh_from_db()
        assert (first.subject, first.body) == ("For {party}", "Other\n{link}")
        entries = AuditEntry.objects.order_by("pk").values_list("action", "fields", "detail")
        said = {"purpose": "delegation", "language": "en"}
        assert list(entries) == [
            ("delegations.lettertemplate.add", ["body", "subject"], said),
            ("delegations.lettertemplate.change", ["body"], said),
        ]

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"purpose": "poem"}, "purpose"),
            ({"language": "xx"}, "language"),
            ({"subject": " "}, "subject"),
            ({"subject": "x" * 201}, "subject"),
            ({"body": ""}, "body"),
            ({"body": "{link} {unknown}"}, "body"),
            ({"body": "no link"}, "body"),
            ({"body": "{link}\0"}, "body"),
        ],
    )
    def test_what_cannot_be_sent_is_refused_at_its_field(
        self, summit: Summit, wrong: dict[str, str], field: str
    ) -> None:
        with pytest.raises(ValidationError) as refused:
            own(summit, **wrong)
        assert list(refused.value.message_dict) == [field]
        assert not LetterTemplate.objects.exists()

    @pytest.mark.parametrize("role", list(Role))
    def test_organisers_and_protocol_write_them(self, summit: Summit, role: Role) -> None:
        user = f.UserFactory.with_role(role, summit)
        said = {"purpose": "guest", "language": "en", "subject": "S", "body": "{link}"}
        if role in (Role.ORGANISER, Role.PROTOCOL):
            templates.remove(template=templates.keep(summit=summit, by=user, **said), by=user)
            assert AuditEntry.objects.filter(action="delegations.lettertemplate.remove").count() == 1
        else:
            with pytest.raises(PermissionDenied, match="organiser, protocol"):
                templates.keep(summit=summit, by=user, **said)

    def test_what_was_approved_with_another_text_is_a_draft_again(self, summit: Summit) -> None:
        by = protocol(summit)
        approved = {"state": "approved", "approved_at": f.START, "approved_by": by}
        theirs = f.InvitationFactory(party=party(summit), **approved)
        french = f.InvitationFactory(party=f.PartyFactory(summit=summit, language="fr"), **approved)
        elsewhere = f.InvitationFactory(**approved)
        own(summit)
        states = Invitation.objects.filter(pk__in=[theirs.pk, french.pk, elsewhere.pk]).order_by("pk")
        assert list(states.values_list("state", "approved_by")) == [
            ("draft", None),
            ("approved", by.pk),
            ("approved", by.pk),
        ]
        assert AuditEntry.objects.filter(action="delegations.reopen").get().object_key == theirs.public_id


class TestFrozen:
    def test_a_letter_stays_as_it_was_caused(self, summit: Summit) -> None:
        Policy.objects.create(
            summit=summit, reference_prefix="HO/", signatory_name="A. B.", letter_sender="Home Office"
        )
        own(summit, body="{formal_name} {reference} {level} {signatory}\n\n{link}")
        invite(parties=[party(summit, level="minister")], by=protocol(summit))
        message = Message.objects.get()
        before = rendered(message)
        url = links.url(InvitationLink.objects.get())
        assert (before.subject, before.text) == ("For Aland", f"Republic of Aland HO/1 minister A. B.\n\n{url}\n")
        Policy.objects.update(reference_prefix="X", signatory_name="C", letter_sender="Y")
        Party.objects.update(formal_name="Changed", level="state")
        own(summit, body="Changed {link}")
        letter.write.cache_clear()
        assert rendered(Message.objects.get()) == before

    def test_a_value_with_braces_is_printed_as_it_is(self, summit: Summit) -> None:
        own(summit)
        strange = f.PartyFactory(summit=summit, name="{link} {{ 1|add:1 }} {contact}")
        invite(parties=[strange], by=protocol(summit))
        assert rendered().subject == "For {link} {{ 1|add:1 }} {contact}"

    def test_names_salutation_and_footnote_are_of_the_letters_language(self, summit: Summit) -> None:
        land = party(summit, language="fr", footnote="As agreed.")
        PartyName.objects.create(
            party=land,
            language="fr",
            name="Alande",
            formal_name="République d’Alande",
            salutation="Madame la Présidente,",
            footnote="Comme convenu.",
        )
        invite(parties=[land], by=protocol(summit))
        mail = rendered()
        assert mail.subject == "Border Summit\u00a0: invitation (Alande)"
        lines = mail.text.splitlines()
        assert (lines[0], lines[2], lines[-1]) == (
            "République d’Alande*",
            "Madame la Présidente,",
            "* Comme convenu.",
        )

    def test_the_number_stays_when_it_is_written_anew(self, summit: Summit) -> None:
        own(summit)
        by = protocol(summit)
        invite(parties=[party(summit)], by=by)
        write_anew(invitation=Invitation.objects.get(), by=by)
        texts = [rendered(message).text.splitlines()[0] for message in Message.objects.all()]
        assert texts == ["Own 1", "Own 1"]


class TestPaper:
    def test_a_line_of_the_letterhead_runs_as_its_own_letters_do(self, monkeypatch: pytest.MonkeyPatch) -> None:
        printed: dict[str, Any] = {}

        def keep(_source: bytes, data: dict[str, Any]) -> bytes:
            printed.update(data)
            return b""

        monkeypatch.setattr(letter, "print_pdf", keep)
        head = "Home Office\n2 Marsham Street\n10 شارع النصر\n12-14"
        sheet = letter.Sheet("T", (), head, "", date(2025, 3, 31), "", "F", "A", "ar")
        letter.write(sheet)
        assert [(line["text"], line["way"]) for line in printed["letterhead"]] == [
            ("Home Office", "ltr"), ("2 Marsham Street", "ltr"), ("10 شارع النصر", "rtl"), ("12-14", "ltr"),
        ]  # fmt: skip

    def test_it_has_letterhead_reference_day_text_footnote_and_pages_and_no_link(self, summit: Summit) -> None:
        Policy.objects.create(
            summit=summit,
            reference_prefix="HO/",
            signatory_name="A. Signatory",
            signatory_office="Director",
            letter_sender="Home Office\n2 Marsham Street",
        )
        invite(parties=[party(summit, footnote="Without prejudice.", level="minister")], by=protocol(summit))
        (attached,) = rendered().attachments
        assert (attached.filename, attached.mimetype) == ("letter-1.pdf", "application/pdf")
        (page,) = pages(attached.content)
        wanted = [
            *("Home Office", "2 Marsham Street", "Reference: HO/1", "Invitation to the Border Summit (Aland)"),
            *("Republic of Aland*", "Your Excellency,", "The level of attendance for which we ask: minister."),
            *("A. Signatory", "Director", "* Without prejudice.", "1 / 1"),
        ]
        assert [words for words in wanted if words not in page] == []
        assert "/i/" not in page
        assert "meant for you alone" not in page
        info = pypdf.PdfReader(io.BytesIO(attached.content))
        root: Any = info.trailer["/Root"]
        assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("en", True)
        assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
        assert [round(float(side)) for side in info.pages[0].mediabox[2:]] == [595, 842]

    def test_an_arabic_one_is_read_from_the_right(self, summit: Summit) -> None:
        invite(parties=[party(summit, language="ar")], by=protocol(summit))
        (attached,) = rendered().attachments
        root: Any = pypdf.PdfReader(io.BytesIO(attached.content)).trailer["/Root"]
        assert (root["/Lang"], root["/ViewerPreferences"]["/Direction"]) == ("ar", "/R2L")

    def test_a_long_one_has_its_pages_counted(self, summit: Summit) -> None:
        own(summit, body="\n\n".join(["word " * 150] * 9) + "\n\n{link}")
        invite(parties=[party(summit)], by=protocol(summit))
        found = pages(rendered().attachments[0].content)
        assert [f"{number} / {len(found)}" in page for number, page in enumerate(found, start=1)] == [True] * len(
            found
        )
        assert len(found) > 1

    def test_mailboxes_of_one_party_share_the_sheet(self, summit: Summit) -> None:
        land = party(summit)
        for _ in range(3):
            f.FocalPointFactory(party=land)
        invite(parties=[land], by=protocol(summit))
        letter.write.cache_clear()
        sheets = {rendered(message).attachments[0].content for message in Message.objects.all()}
        assert (len(sheets), letter.write.cache_info().misses) == (1, 1)

    def test_where_no_font_prints_it_the_mail_goes_and_says_so(
        self, summit: Summit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def bare(*_args: Any) -> bytes:
            raise MissingFontError("字", ("fonts-noto-cjk",))

        letter.write.cache_clear()
        monkeypatch.setattr(letter, "print_pdf", bare)
        invite(parties=[party(summit)], by=protocol(summit))
        found = rendered()
        assert found.attachments == ()
        assert found.text.splitlines()[-1] == "This letter comes by mail alone: here it could not be put on paper."
        delivery.deliver(list(Message.objects.values_list("pk", flat=True)))
        assert len(mail.outbox) == 1

    def test_paper_and_mail_are_made_without_a_query(self, summit: Summit, django_assert_num_queries: Any) -> None:
        invite(parties=[party(summit)], by=protocol(summit))
        message = Message.objects.get()
        with django_assert_num_queries(0):
            KINDS["invitation"].render(message)
