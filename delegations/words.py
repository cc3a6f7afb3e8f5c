"""The words for what is recorded of parties, their people and their invitations."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.fields import PARTICULARS
from delegations.models import (
    Answer,
    CallNote,
    CallOutcome,
    Channel,
    Declaration,
    ExternalId,
    FocalPoint,
    FocalPointRequest,
    Invitation,
    InvitationLink,
    Membership,
    Overpass,
    Particulars,
    Party,
    PartyName,
    Policy,
    PortalSignIn,
    Reply,
    ReplyScan,
    Resemblance,
    Sheet,
    VisaLetter,
)
from summit.audit.actions import Facts, actor, deed, deeds_of, part, personal, thing
from summit.people.models import Person
from summit.summits.models import Summit

deeds_of(
    "delegations.party",
    add=gettext_lazy("entered the party"),
    change=gettext_lazy("changed the party"),
    remove=gettext_lazy("deleted the party"),
)
deeds_of(
    "delegations.partyname",
    add=gettext_lazy("named the party in another language"),
    change=gettext_lazy("changed the party’s name in another language"),
    remove=gettext_lazy("took the party’s name in another language off"),
)
deeds_of(
    "delegations.externalid",
    add=gettext_lazy("entered a key in another system"),
    change=gettext_lazy("changed a key in another system"),
    remove=gettext_lazy("took a key in another system off"),
)
deed("delegations.order", gettext_lazy("set the protocol order of the parties"))
deed("delegations.policy.change", gettext_lazy("changed the policy for parties"))
deeds_of(
    "delegations.focalpoint",
    add=gettext_lazy("named a focal point"),
    change=gettext_lazy("changed a focal point"),
    remove=gettext_lazy("took a focal point off"),
)

deeds_of(
    "delegations.lettertemplate",
    add=gettext_lazy("gave the summit a letter of its own"),
    change=gettext_lazy("changed a letter’s text"),
    remove=gettext_lazy("let the system’s own text of a letter stand again"),
)


def _letters(facts: Facts) -> dict[str, int]:
    return {"number": int(facts.detail.get("letters", 0))}


def _invited(facts: Facts) -> str:
    number = _letters(facts)
    return (
        ngettext(
            "invited the party, with %(number)d letter",
            "invited the party, with %(number)d letters",
            number["number"],
        )
        % number
    )


def _written(facts: Facts) -> str:
    number = _letters(facts)
    return (
        ngettext(
            "wrote to the party anew: %(number)d letter, earlier links open nothing any more",
            "wrote to the party anew: %(number)d letters, earlier links open nothing any more",
            number["number"],
        )
        % number
    )


def _reminded(facts: Facts) -> str:
    days = int(facts.detail.get("days", 0))
    return ngettext(
        "reminded the party, %(days)d day before answers are due",
        "reminded the party, %(days)d days before answers are due",
        days,
    ) % {"days": days}


def _answered(facts: Facts) -> str:
    answer, channel = str(facts.detail.get("answer")), str(facts.detail.get("channel", Channel.LINK))
    if channel in (Channel.LINK, Channel.PORTAL):
        return {
            Answer.ATTENDING.value: _("accepted the invitation"),
            Answer.REPRESENTED.value: _("accepted the invitation, and another than who was asked for comes"),
        }.get(answer, _("declined the invitation"))
    words = {
        Answer.ATTENDING.value: _("recorded that the invitation was accepted (%(channel)s)"),
        Answer.REPRESENTED.value: _("recorded that the invitation was accepted and another comes (%(channel)s)"),
    }.get(answer, _("recorded that the invitation was declined (%(channel)s)"))
    return words % {"channel": Channel(channel).label}


deed("delegations.invite", _invited, called=gettext_lazy("invited the party"))
deed("delegations.write_anew", _written, called=gettext_lazy("wrote to the party anew"))
deed("delegations.remind", _reminded, called=gettext_lazy("reminded the party"))
deed("delegations.test_letter", gettext_lazy("sent themselves a test of a letter"))
deed("delegations.prepare", gettext_lazy("prepared the invitation"))
deed("delegations.name", gettext_lazy("named a member"))
deed("delegations.confirm", gettext_lazy("confirmed the member"))
deed("delegations.move", gettext_lazy("put the member into another category"))
deed("delegations.withdraw", gettext_lazy("withdrew a member"))
deed("delegations.replace", gettext_lazy("put another person in a member’s place"))
deed("delegations.read_in", gettext_lazy("read people and parties from a table"))
deed("delegations.sheet.add", gettext_lazy("uploaded a table of parties or people"))
deed("delegations.sheet.answer", gettext_lazy("decided what an uploaded table asks"))
deed("delegations.sheet.remove", gettext_lazy("deleted an uploaded table"))
deed("delegations.reorder", gettext_lazy("changed the order of the members"))
deed("delegations.raise_quota", gettext_lazy("gave the party a number of people of its own"))
deed("delegations.approve", gettext_lazy("approved the invitation"))
deed("delegations.reopen", gettext_lazy("made the invitation a draft again"))
deed("delegations.supersede", gettext_lazy("put a new invitation in its place"))
deed("delegations.revoke", gettext_lazy("revoked the invitation and its links"))
deed("delegations.answer", _answered, called=gettext_lazy("answered the invitation"))
deed("delegations.revoke_link", gettext_lazy("revoked a letter’s link"))
deed("delegations.particulars.change", gettext_lazy("changed what is known of the person"), fields_of=Particulars)
deed("delegations.photo.store", gettext_lazy("stored a photograph"), fields_of=Person)
deed("delegations.photo.remove", gettext_lazy("deleted the photograph"), fields_of=Person)
deed("delegations.give_account", gettext_lazy("gave the person an account"))
deed("delegations.take_account", gettext_lazy("took the account away from the person"))
deed("delegations.tell_apart", gettext_lazy("noted that these are two people"))
deed("delegations.merge", gettext_lazy("made two entries of this person one"))


def _called(facts: Facts) -> str:
    outcome = str(facts.detail.get("outcome", ""))
    label = CallOutcome(outcome).label if outcome in CallOutcome.values else ""
    return _("telephoned the party (%(outcome)s)") % {"outcome": label} if label else _("telephoned the party")


deed("delegations.call", _called, called=gettext_lazy("telephoned the party"))
deed("delegations.ask_letter", gettext_lazy("asked for a new letter"))
deed("delegations.settle_letter", gettext_lazy("noted that no new letter is wanted"))
deed("delegations.sign_in", gettext_lazy("opened the portal by a code"))
deed("delegations.sign_out", gettext_lazy("closed the portal in a browser"))


def _listed(facts: Facts) -> str:
    words = {"number": int(facts.detail.get("number", 0))}
    if facts.detail.get("final"):
        return _("made revision %(number)d of the list of participants, a final one") % words
    return _("made revision %(number)d of the list of participants, a provisional one") % words


def _purged(facts: Facts) -> str:
    number = sum(int(each) for each in dict(facts.detail.get("numbers", {})).values())
    said = ngettext(
        "purged %(number)d row of what the summit keeps no longer",
        "purged %(number)d rows of what the summit keeps no longer",
        number,
    )
    return said % {"number": number}


deed("delegations.purge", _purged, called=gettext_lazy("purged what the summit keeps no longer"))
deeds_of(
    "delegations.retention",
    add=gettext_lazy("gave a time for which data are kept"),
    change=gettext_lazy("changed a time for which data are kept"),
    remove=gettext_lazy("took a time for which data are kept away"),
)
deed("delegations.freeze_list", _listed, called=gettext_lazy("made a list of participants"))


def _followers(keys: Iterable[str]) -> dict[str, str]:
    links = InvitationLink.objects.filter(public_id__in=list(keys)).select_related("invitation__party")
    said = _("whoever followed the letter’s link of %(party)s")
    return {link.public_id: said % {"party": link.invitation.party.name} for link in links}


actor("link", _followers)


def _provers(keys: Iterable[str]) -> dict[str, str]:
    rows = PortalSignIn.objects.filter(public_id__in=list(keys), person__isnull=False).select_related("person")
    said = _("%(person)s, by a code to the mailbox")
    return {row.public_id: said % {"person": row.person.label} for row in rows if row.person}


actor("mailbox", _provers)

thing(PartyName, related=("party",), name=lambda row: row.name, shown_on=lambda row: row.party)
thing(ExternalId, related=("party", "person"), name=str, shown_on=lambda row: row.party or row.person)
thing(Policy, related=("summit",), name=lambda row: row.summit.reads_as.name, shown_on=lambda row: row.summit)
thing(Membership, related=("person", "party"), name=lambda row: row.person.label, shown_on=lambda row: row.party)
thing(FocalPoint, related=("person", "party"), name=lambda row: row.person.label, shown_on=lambda row: row.party)
thing(Invitation, related=("party",), name=lambda row: row.party.name)
# By its party: the mailbox that it was sent to is somebody's.
thing(InvitationLink, related=("invitation__party",), name=lambda row: row.invitation.party.name)
thing(Reply, related=("invitation__party",), name=lambda row: row.invitation.party.name)
thing(ReplyScan, related=("reply__invitation__party",), name=lambda row: row.reply.invitation.party.name)
part(Party, Invitation, lambda row: Invitation.objects.filter(party=row))
part(Party, InvitationLink, lambda row: InvitationLink.objects.filter(invitation__party=row))
part(Party, PartyName, lambda row: PartyName.objects.filter(party=row))
part(Party, ExternalId, lambda row: ExternalId.objects.filter(party=row))
part(Person, ExternalId, lambda row: ExternalId.objects.filter(person=row))
part(Summit, Policy, lambda row: Policy.objects.filter(summit=row))
part(Party, Membership, lambda row: Membership.objects.filter(party=row))
part(Party, FocalPoint, lambda row: FocalPoint.objects.filter(party=row))
part(Party, Reply, lambda row: Reply.objects.filter(invitation__party=row))
part(Invitation, Reply, lambda row: Reply.objects.filter(invitation=row))
part(Reply, ReplyScan, lambda row: ReplyScan.objects.filter(reply=row))
part(Invitation, InvitationLink, lambda row: InvitationLink.objects.filter(invitation=row))
part(Person, Membership, lambda row: Membership.objects.filter(person=row))
part(Person, FocalPoint, lambda row: FocalPoint.objects.filter(person=row))
thing(Resemblance, related=("person",), name=lambda row: row.person.label, shown_on=lambda row: row.person)
personal(Particulars, *PARTICULARS)
personal(InvitationLink, "address", "person")
personal(Invitation, "answered_by", "note")
personal(Reply, "name", "note")
# By what it holds: a file's name may be a person's.
thing(Sheet, related=("summit",), name=lambda row: row.get_purpose_display())
personal(Sheet, "content", "filename", "report")

deed("delegations.declaration.declare", gettext_lazy("declared something that the person brings"))
deed("delegations.declaration.withdraw", gettext_lazy("took a declaration back"))
deed("delegations.declaration.permit", gettext_lazy("permitted what was declared"))
deed("delegations.declaration.refuse", gettext_lazy("refused what was declared"))
thing(
    Declaration,
    related=("person", "kind"),
    name=lambda row: f"{row.kind}: {row.person.label}",
    shown_on=lambda row: row.person,
)
part(Person, Declaration, lambda row: Declaration.objects.filter(person=row))
part(Party, Declaration, lambda row: Declaration.objects.filter(party=row))
personal(Declaration, "details", "reason")


deeds_of(
    "delegations.declarationkind",
    add=gettext_lazy("added a kind of declaration"),
    change=gettext_lazy("changed a kind of declaration"),
    remove=gettext_lazy("took a kind of declaration off"),
)
deed("delegations.ask_own_data", gettext_lazy("asked protocol to correct or erase what is held of them"))
deed("delegations.visaletter.ask", gettext_lazy("asked for a visa support letter"))
deed("delegations.visaletter.issue", gettext_lazy("issued a visa support letter"))
deed("delegations.visaletter.refuse", gettext_lazy("refused a visa support letter"))
deed("delegations.visaletter.void", gettext_lazy("made a visa support letter void"))
thing(VisaLetter, related=("person",), name=lambda row: row.person.label, shown_on=lambda row: row.person)
part(Person, VisaLetter, lambda row: VisaLetter.objects.filter(person=row))
part(Party, VisaLetter, lambda row: VisaLetter.objects.filter(party=row))
personal(VisaLetter, "embassy", "reason", "content")
personal(CallNote, "note")

deed("delegations.focalpointrequest.ask", gettext_lazy("asked for a new focal point"))
deed("delegations.focalpointrequest.approve", gettext_lazy("approved a new focal point"))
deed("delegations.focalpointrequest.refuse", gettext_lazy("refused a new focal point"))
deed("delegations.focalpointrequest.withdraw", gettext_lazy("took the request for a focal point back"))
thing(FocalPointRequest, related=("party",), name=lambda row: row.name)
part(Party, FocalPointRequest, lambda row: FocalPointRequest.objects.filter(party=row))
personal(FocalPointRequest, "name", "office", "email", "asked_by", "answer_to", "reason")


def _counted(facts: Facts) -> str:
    numbers = {"before": int(facts.detail.get("before", 0)), "now": int(facts.detail.get("now", 0))}
    return _("brought the party’s overpasses in line: %(now)d, from %(before)d") % numbers


deed("delegations.overpass.count", _counted, called=gettext_lazy("brought the party’s overpasses in line"))
deed("delegations.overpass.hand", gettext_lazy("handed an overpass out"))
deed("delegations.overpass.take_back", gettext_lazy("took an overpass back"))
deed("delegations.overpass.pass_on", gettext_lazy("passed an overpass on"))
thing(Overpass, related=("rule", "party"), name=str, shown_on=lambda row: row.party)
part(Party, Overpass, lambda row: Overpass.objects.filter(party=row))
