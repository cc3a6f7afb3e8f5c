"""Registers the audit's texts for invitations, letters, links, answers and calls."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.invitations.models.invitations import Answer, Channel, Invitation, InvitationLink, Reply, ReplyScan
from delegations.invitations.models.letters import CallOutcome
from delegations.parties.models.parties import Party
from summit.audit.actions import Facts, actor, describe_action, describe_actions, describe_model, part

describe_actions(
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
    text = {
        Answer.ATTENDING.value: _("recorded that the invitation was accepted (%(channel)s)"),
        Answer.REPRESENTED.value: _("recorded that the invitation was accepted and another comes (%(channel)s)"),
    }.get(answer, _("recorded that the invitation was declined (%(channel)s)"))
    return text % {"channel": Channel(channel).label}


describe_action("delegations.invite", _invited, label=gettext_lazy("invited the party"))
describe_action("delegations.write_anew", _written, label=gettext_lazy("wrote to the party anew"))
describe_action("delegations.remind", _reminded, label=gettext_lazy("reminded the party"))
describe_action("delegations.test_letter", gettext_lazy("sent themselves a test of a letter"))
describe_action("delegations.prepare", gettext_lazy("prepared the invitation"))
describe_action("delegations.approve", gettext_lazy("approved the invitation"))
describe_action("delegations.reopen", gettext_lazy("made the invitation a draft again"))
describe_action("delegations.supersede", gettext_lazy("put a new invitation in its place"))
describe_action("delegations.revoke", gettext_lazy("revoked the invitation and its links"))
describe_action("delegations.answer", _answered, label=gettext_lazy("answered the invitation"))
describe_action("delegations.revoke_link", gettext_lazy("revoked a letter’s link"))


def _called(facts: Facts) -> str:
    outcome = str(facts.detail.get("outcome", ""))
    label = CallOutcome(outcome).label if outcome in CallOutcome.values else ""
    return _("telephoned the party (%(outcome)s)") % {"outcome": label} if label else _("telephoned the party")


describe_action("delegations.call", _called, label=gettext_lazy("telephoned the party"))
describe_action("delegations.ask_letter", gettext_lazy("asked for a new letter"))
describe_action("delegations.settle_letter", gettext_lazy("noted that no new letter is wanted"))


def _followers(keys: Iterable[str]) -> dict[str, str]:
    links = InvitationLink.objects.filter(public_id__in=list(keys)).select_related("invitation__party")
    message = _("whoever followed the letter’s link of %(party)s")
    return {link.public_id: message % {"party": link.invitation.party.name} for link in links}


actor("link", _followers)
describe_model(Invitation, related=("party",), name=lambda row: row.party.name)
# Named by its party: the mailbox to which it was sent is personal data.
describe_model(InvitationLink, related=("invitation__party",), name=lambda row: row.invitation.party.name)
describe_model(Reply, related=("invitation__party",), name=lambda row: row.invitation.party.name)
describe_model(ReplyScan, related=("reply__invitation__party",), name=lambda row: row.reply.invitation.party.name)
part(Party, Invitation, lambda row: Invitation.objects.filter(party=row))
part(Party, InvitationLink, lambda row: InvitationLink.objects.filter(invitation__party=row))
part(Party, Reply, lambda row: Reply.objects.filter(invitation__party=row))
part(Invitation, Reply, lambda row: Reply.objects.filter(invitation=row))
part(Reply, ReplyScan, lambda row: ReplyScan.objects.filter(reply=row))
part(Invitation, InvitationLink, lambda row: InvitationLink.objects.filter(invitation=row))
