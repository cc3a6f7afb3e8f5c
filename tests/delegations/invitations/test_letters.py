"""Letters: a summit's own texts and their placeholders, frozen when they are sent, on paper and on the wire."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pypdf
import pytest
from django.conf import settings
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError

from delegations.invitations import letter_pdf
from delegations.invitations.models.invitations import Invitation, InvitationLink
from delegations.invitations.models.letters import LetterTemplate, Purpose
from delegations.invitations.selectors import default_letters, placeholders
from delegations.invitations.selectors import letter_templates as letter_templates_selectors
from delegations.invitations.selectors.placeholders import ALLOWED, PLACEHOLDERS, REQUIRED, check, fill, paragraphs
from delegations.invitations.services import letter_templates, links
from delegations.invitations.services.invitations import invite, revoke, write_anew
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from delegations.tasks import deliver_invitations
from summit.audit.models import AuditEntry
from summit.outbox import delivery, mime
from summit.outbox.message_kinds import KINDS, Mail, never_withdrawn
from summit.outbox.models import Message
from summit.pdf.fonts import MissingFontError
from summit.permissions.models import Role
from summit.summits.emblem import store as store_emblem
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import emblem, protocol, refuses

pytestmark = pytest.mark.django_db


@pytest.fixture
def summit(db: None) -> Summit:
    return f.SummitFactory(name="Border Summit", host="the Home Office")


def party(summit: Summit, **kwargs: Any) -> Party:
    return f.PartyFactory(summit=summit, name="Aland", formal_name="Republic of Aland", **kwargs)


def rendered(message: Message | None = None) -> Mail:
    return mime.render(message or Message.objects.get())


def pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def _pictures(found: Mail) -> int:
    (attached,) = found.attachments
    return attached.content.count(b"/Subtype/Image")


@pytest.fixture
def unprinted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letter_pdf, "write", lambda sheet, emblem=b"": b"%PDF-")


def own(summit: Summit, **kwargs: Any) -> LetterTemplate:
    said = {"purpose": "delegation", "language": "en", "subject": "For {party}", "body": "Own {reference}\n\n{link}"}
    return letter_templates.save(summit=summit, by=protocol(summit), **{**said, **kwargs})


class TestTemplates:
    def test_a_summits_own_text_is_used_and_the_systems_else(self, summit: Summit) -> None:
        own(summit)
        texts = letter_templates_selectors.Texts(summit)
        assert texts.of("delegation", "en").body == "Own {reference}\n\n{link}"
        assert texts.of("delegation", "fr") == default_letters.usual("delegation", "fr")
        elsewhere = letter_templates_selectors.Texts(f.SummitFactory())
        assert elsewhere.of("delegation", "en") == default_letters.usual("delegation", "en")

    def test_what_cannot_be_sent_is_refused_at_its_field(self, summit: Summit) -> None:
        for field, value in (
            *(("purpose", "poem"), ("language", "xx"), ("subject", " "), ("subject", "x" * 201)),
            *(("body", ""), ("body", "{link} {unknown}"), ("body", "no link"), ("body", "{link}\0")),
        ):
            assert list(refuses(ValidationError, own, summit, **{field: value}).message_dict) == [field]
        assert not LetterTemplate.objects.exists()

    def test_protocol_removes_them_and_others_write_none(self, summit: Summit) -> None:
        template, by = own(summit), f.UserFactory.with_role(Role.PROGRAMME, summit)
        text = {"purpose": "guest", "language": "en", "subject": "S", "body": "{link}"}
        for work, given in ((letter_templates.save, {"summit": summit, **text}), (letter_templates.remove, {})):
            refuses(PermissionDenied, work, match="organiser, protocol", by=by, **(given or {"template": template}))
        letter_templates.remove(template=template, by=protocol(summit))
        assert not LetterTemplate.objects.exists()
        assert AuditEntry.objects.filter(action="delegations.lettertemplate.remove").count() == 1

    def test_what_was_approved_with_another_text_is_a_draft_again(self, summit: Summit) -> None:
        by = protocol(summit)
        approved = {"state": "approved", "approved_at": f.START, "approved_by": by}
        theirs = f.InvitationFactory(party=party(summit), **approved)
        french = f.InvitationFactory(party__summit=summit, party__language="fr", **approved)
        elsewhere = f.InvitationFactory(**approved)
        own(summit)
        states = Invitation.objects.filter(pk__in=[theirs.pk, french.pk, elsewhere.pk]).order_by("pk")
        stays = ("approved", by.pk)
        assert list(states.values_list("state", "approved_by")) == [("draft", None), stays, stays]
        assert AuditEntry.objects.filter(action="delegations.reopen").get().object_key == theirs.public_id

    def test_saving_the_same_text_changes_nothing(self, summit: Summit) -> None:
        row = own(summit)
        by = protocol(summit)
        f.InvitationFactory(party=party(summit), state="approved", approved_at=f.START, approved_by=by)
        before = AuditEntry.objects.count()
        assert own(summit) == row
        assert (Invitation.objects.get().state, AuditEntry.objects.count()) == ("approved", before)


class TestFrozen:
    def test_a_letter_stays_as_it_was_caused(self, summit: Summit) -> None:
        f.PolicyFactory(summit=summit, reference_prefix="HO/", signatory_name="A. B.", letter_sender="Home Office")
        own(summit, body="{formal_name} {reference} {level} {signatory}\n\n{link}")
        invite(parties=[party(summit, level="minister")], by=protocol(summit))
        message = Message.objects.get()
        before = rendered(message)
        url = links.url(InvitationLink.objects.get())
        assert (before.subject, before.text) == ("For Aland", f"Republic of Aland HO/1 minister A. B.\n\n{url}\n")
        Policy.objects.update(reference_prefix="X", signatory_name="C", letter_sender="Y")
        Party.objects.update(formal_name="Changed", level="state")
        own(summit, body="Changed {link}")
        letter_pdf.write.cache_clear()
        assert rendered(Message.objects.get()) == before

    @pytest.mark.usefixtures("unprinted")
    def test_a_value_with_braces_is_printed_as_it_is(self, summit: Summit) -> None:
        own(summit)
        strange = f.PartyFactory(summit=summit, name="{link} {{ 1|add:1 }} {contact}")
        invite(parties=[strange], by=protocol(summit))
        assert rendered().subject == "For {link} {{ 1|add:1 }} {contact}"

    @pytest.mark.usefixtures("unprinted")
    def test_names_salutation_and_footnote_are_of_the_letters_language(self, summit: Summit) -> None:
        land = party(summit, language="fr", footnote="As agreed.")
        named = {"name": "Alande", "formal_name": "République d’Alande", "salutation": "Madame la Présidente,"}
        f.PartyNameFactory(party=land, footnote="Comme convenu.", **named)
        invite(parties=[land], by=protocol(summit))
        mail = rendered()
        assert mail.subject == "Border Summit\u00a0: invitation (Alande)"
        lines = mail.text.splitlines()
        assert (lines[0], lines[2]) == ("République d’Alande*", "Madame la Présidente,")
        assert lines[-1] == "* Comme convenu."

    @pytest.mark.usefixtures("unprinted")
    def test_the_number_stays_when_it_is_written_anew(self, summit: Summit) -> None:
        own(summit)
        by = protocol(summit)
        invite(parties=[party(summit)], by=by)
        write_anew(invitation=Invitation.objects.get(), by=by)
        texts = [rendered(message).text.splitlines()[0] for message in Message.objects.all()]
        assert texts == ["Own 1", "Own 1"]


class TestPaper:
    def test_it_has_all_but_the_link_and_asks_no_query(self, summit: Summit, django_assert_num_queries: Any) -> None:
        signed = {"signatory_name": "A. Signatory", "signatory_office": "Director"}
        sender = {"reference_prefix": "HO/", "letter_sender": "Home Office\n2 Marsham Street"}
        f.PolicyFactory(summit=summit, **sender, **signed)
        invite(parties=[party(summit, footnote="Without prejudice.", level="minister")], by=protocol(summit))
        message = Message.objects.get()
        with django_assert_num_queries(0):
            (attached,) = KINDS["invitation"].render(message).attachments
        assert (attached.filename, attached.mimetype) == ("Invitation – Aland.pdf", "application/pdf")
        (page,) = pages(attached.content)
        wanted = [
            *("Home Office", "2 Marsham Street", "Reference: HO/1", "Invitation to the Border Summit (Aland)"),
            *("Republic of Aland*", "Your Excellency,", "We would welcome representation at the level of minister."),
            *("A. Signatory", "Director", "* Without prejudice.", "1 / 1", "Border Summit · HO/1 · English"),
            *("How to answer", "and quote the reference HO/1."),
        ]
        assert [words for words in wanted if words not in page] == []
        # It is signed, not sealed.
        assert [words for words in ("/i/", "Initials", "Seal") if words in page] == []
        info = pypdf.PdfReader(io.BytesIO(attached.content))
        root: Any = info.trailer["/Root"]
        assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("en", True)
        assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()

    def test_the_signature_is_what_the_text_ends_with(self) -> None:
        split = letter_pdf.split_signature
        assert split(["One", "A. B.\nMinister"], "A. B.\nMinister") == (("One",), "A. B.\nMinister")
        assert split(["Yours,\nA. B.\nMinister"], "A. B.\nMinister") == (("Yours,",), "A. B.\nMinister")
        assert split(["A. B.", "One"], "A. B.") == (("A. B.", "One"), "")
        assert split([], "A. B.") == ((), "")

    def test_it_has_the_emblem_and_asks_for_it_once(self, summit: Summit, django_assert_num_queries: Any) -> None:
        store_emblem(summit=summit, content=emblem(), by=f.UserFactory(is_superuser=True))
        invite(parties=[party(Summit.objects.get()), f.PartyFactory(summit=summit)], by=protocol(summit))
        first, second = Message.objects.all()
        with django_assert_num_queries(1):
            pictures = [_pictures(KINDS["invitation"].render(message)) for message in (first, second)]
        assert pictures == [1, 1]
        # The control: a letter that was stored without one.
        for message in (first, second):
            message.facts.pop("emblem")
        assert _pictures(KINDS["invitation"].render(first)) == 0

    def test_where_no_font_prints_it_the_mail_goes(self, summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
        def bare(*_args: Any) -> bytes:
            raise MissingFontError("字", ("fonts-noto-cjk",))

        letter_pdf.write.cache_clear()
        monkeypatch.setattr(letter_pdf, "print_pdf", bare)
        invite(parties=[party(summit)], by=protocol(summit))
        found = rendered()
        assert found.attachments == ()
        assert found.text.splitlines()[-1] == "This letter is sent by email only because it could not be printed."
        delivery.deliver(list(Message.objects.values_list("pk", flat=True)))
        assert len(mail.outbox) == 1


PURPOSES = list(Purpose.values)
MALFORMED = "The brace at “{}” is not part of a placeholder. To print a brace, write it twice."


def refused(purpose: str = "delegation", subject: str = "S", body: str = "B {link}") -> dict[str, list[str]]:
    problem = refuses(ValidationError, check, purpose=purpose, subject=subject, body=body)
    return problem.message_dict


class TestFill:
    def test_values_stand_for_placeholders_and_are_never_read_again(self) -> None:
        assert fill("{party} {{party}} {{{party}}} }}{{", {"party": "Aland"}) == "Aland {party} {Aland} }{"
        values = {"party": "{contact} {{ 7|add:1 }} {% now 'Y' %} %(x)s", "contact": "SECRET"}
        assert fill("{party}", values) == values["party"]
        assert fill("{{{{ x }}}} {{% load %}} %s", {}) == "{{ x }} {% load %} %s"

    def test_whatever_is_no_word_between_two_braces_is_malformed(self) -> None:
        for text in ("{party.name}", "{party!r}", "{0}", "{party[0]}", "{", "}", "{ party }", "{Party}"):
            said = [MALFORMED.format(f"Dear {text}")]
            assert refuses(ValidationError, placeholders.named, f"Dear {text}").messages == said
        assert refused(body="{link} {so") == {"body": [MALFORMED.format("{link} {so")]}


class TestCheck:
    def test_unknown_ones_are_refused_with_all_that_are_allowed(self) -> None:
        said = refused("guest", body="{link} {party} {fee} {level} {fee}")
        allowed = ", ".join(f"{{{name}}}" for name in ALLOWED["guest"])
        assert said == {"body": [f"{{fee}}, {{level}} is not a placeholder. You can use: {allowed}."]}
        # A link stands in no subject.
        (said,) = refused(subject="{link}")["subject"]
        assert said.startswith("{link} is not a placeholder. You can use: {party}, ")
        assert "{link}," not in said.partition("There are")[2]

    def test_required_ones_are_asked_for(self) -> None:
        for purpose in PURPOSES:
            lacking = ", ".join(f"{{{name}}}" for name in REQUIRED[purpose])
            assert refused(purpose, body="Nothing. {{link}}") == {"body": [f"Add {lacking} to the text."]}


def test_what_names_an_optional_one_without_a_value_is_left_out() -> None:
    link = {"link": "https://x.example/", "link_until": "soon"}
    values = {"party": "Aland", "level": "", "signatory": "A\nB", **link}
    body = "One {party}\n\nLevel: {level}.\n\n\n  two  lines\n here\n\n{signatory}"
    assert paragraphs(body, values) == ["One Aland", "two lines\nhere", "A\nB"]
    # A link is in the mail and not on paper.
    body = "One\n\nAt:\n{link}\n\nUntil {link_until}\n\nTwo"
    assert paragraphs(body, values) == ["One", "At:\nhttps://x.example/", "Until soon", "Two"]
    assert paragraphs(body, values, paper=True) == ["One", "Two"]


def test_usual_texts_are_what_anybody_may_save_and_alike_in_each_language() -> None:
    for purpose in PURPOSES:
        texts = [default_letters.usual(purpose, language) for language in settings.INTERFACE_LANGUAGES]
        for text in texts:
            check(purpose=purpose, subject=text.subject, body=text.body)
            assert (len(text.subject) <= 200, len(text.body) <= 8000) == (True, True)
        assert len({text.body for text in texts}) == len(texts)
        assert len({tuple(sorted(placeholders.named(text.subject + text.body))) for text in texts}) == 1
    assert set(ALLOWED) == set(REQUIRED) == set(PURPOSES)
    assert {name for names in ALLOWED.values() for name in names} == set(PLACEHOLDERS)
    assert set(PLACEHOLDERS) >= placeholders.MAIL_ALONE


def invited(**kwargs: Any) -> tuple[Party, User]:
    party = f.PartyFactory(**kwargs)
    by = f.UserFactory.with_role(Role.ORGANISER, party.summit)
    invite(parties=[party], by=by)
    return party, by


def sent() -> list[EmailMessage]:
    delivery.deliver(list(Message.objects.values_list("pk", flat=True)))
    return [message_from_bytes(entry.message().as_bytes(), policy=default) for entry in mail.outbox]  # type: ignore[misc]


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert isinstance(body, EmailMessage)
    return str(body.get_content()).replace("\r\n", "\n")


@pytest.mark.usefixtures("unprinted")
class TestOnTheWire:
    def test_the_letter_reads_as_it_should(self, settings: Any) -> None:
        settings.BASE_URL = "https://summit.example"
        dates = {"answer_by": datetime(2099, 3, 14, 17, 0, tzinfo=UTC), "starts_on": date(2099, 3, 31)}
        named = {"name": "Border Security Summit", "host": "the Home Office", "ends_on": date(2099, 4, 1)}
        land = {"name": "Côte d'Ivoire", "formal_name": "Republic of Côte d'Ivoire", "mission_email": "m@ci.example"}
        invited(summit=f.SummitFactory(**named, **dates), **land)
        (letter,) = sent()
        assert letter["Subject"] == "Invitation to the Border Security Summit (Côte d'Ivoire)"
        assert (letter["To"], letter["Reply-To"]) == ("m@ci.example", "protocol@host.example")
        assert (letter["Content-Language"], letter["Auto-Submitted"]) == ("en", "auto-generated")
        assert text_of(letter) == (
            f"Republic of Côte d'Ivoire\n\nYour Excellency,\n\nWe have the honour to invite your delegation to the "
            f"Border Security Summit, to be held in London from Tuesday 31 March 2099 to Wednesday 1 April 2099.\n\n"
            f"We would be grateful for your reply by Saturday 14 March 2099, 17:00 London time.\n\n"
            f"You can reply, and change your reply until the deadline, at this address:\n"
            f"{links.url(InvitationLink.objects.get())}\nThe address is personal. Anyone who has it can answer in "
            f"your name and read your agenda, so do not pass it on. It works until Thursday 2 April 2099, 00:00 "
            f"London time.\n\nThe protocol service remains at your disposal for any question, or if you need a new "
            f"letter: protocol@host.example.\n\nWe avail ourselves of this opportunity "
            f"to renew to you the assurances of our highest consideration.\n\nthe Home Office\n\n--\n"
            f"You are receiving this because you are invited to the summit.\n"
        )

    def test_a_delegation_is_addressed_by_its_style_and_an_organisation_by_name_or_plainly(self) -> None:
        summit = f.SummitFactory()
        kinds = ["country", "organisation", "organisation", "country"]
        party, named, company, unstyled = (f.PartyFactory(summit=summit, kind=kind) for kind in kinds)
        nameless = f.PartyFactory(summit=summit, kind="organisation", mission_email="")
        f.FocalPointFactory(party=nameless, person__name="", person__office="Focal point for Aland")
        Party.objects.filter(pk__in=[named.pk, unstyled.pk]).update(mission_email="")
        Party.objects.filter(pk=unstyled.pk).update(recognised=False, flag="none")
        for each in (named, unstyled):
            f.FocalPointFactory(party=each, person__name="A. Example", person__office="First Secretary")
        by = f.UserFactory.with_role(Role.PROTOCOL, summit)
        invite(parties=[party, named, company, unstyled, nameless], by=by)
        openings = sorted(text_of(letter).splitlines()[2] for letter in sent())
        assert openings == [*["Dear A. Example,"] * 2, *["Dear Sir or Madam,"] * 2, "Your Excellency,"]

    def test_what_was_revoked_before_it_went_out_stays_here(self) -> None:
        for end in (
            lambda link, by: revoke(invitation=link.invitation, by=by),
            lambda link, by: links.revoke(link=link, by=by),
            lambda link, by: InvitationLink.objects.filter(pk=link.pk).update(expires_at=f.START),
        ):
            party, by = invited()
            end(InvitationLink.objects.get(invitation__party=party), by)
        # It does not hold up the others.
        other, _by = invited(mission_email="other@land.example")
        assert [letter["To"] for letter in sent()] == [other.mission_email]
        found = Message.objects.exclude(address=other.mission_email).values_list("state", "problem")
        assert list(found) == [("dropped", "@delegations.link_dead:")] * 3

    def test_control_without_the_recheck_it_goes_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        _party, by = invited()
        revoke(invitation=InvitationLink.objects.get().invitation, by=by)
        monkeypatch.setitem(KINDS, "invitation", replace(KINDS["invitation"], withdrawn=never_withdrawn))
        assert len(sent()) == 1

    def test_the_sweep_hands_letters_to_their_own_task_which_delivers_once_however_often_it_runs(self) -> None:
        invited()
        ids = list(Message.objects.values_list("pk", flat=True))
        assert KINDS["invitation"].task == deliver_invitations.name
        assert list(delivery.hand_out()) == [("delegations.tasks.deliver_invitations", ids)]
        for _time in range(2):
            deliver_invitations(ids)
        assert (len(mail.outbox), Message.objects.get().state) == (1, "sent")

    def test_names_with_line_breaks_and_markup_stay_text(self) -> None:
        invited(name="A\nBcc: x@y.example <b>&</b>", formal_name="Land <i> &\nSons")
        (letter,) = sent()
        assert letter["Bcc"] is None
        assert letter["Subject"].endswith("(A Bcc: x@y.example <b>&</b>)")
        assert text_of(letter).splitlines()[0] == "Land <i> & Sons"
