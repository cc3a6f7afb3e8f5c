"""The messages that describe the audit's entries about summits, people, accounts, roles and sign-ins."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from summit.audit.actions import Facts, describe_action, describe_actions, describe_model, part
from summit.people.models import Person
from summit.permissions.models import RoleAssignment
from summit.summits.models import Room, Summit, Venue
from summit.users.models import User

describe_actions(
    "summit.summit",
    add=gettext_lazy("created the summit"),
    change=gettext_lazy("changed the summit’s settings"),
    remove=gettext_lazy("deleted the summit"),
)
describe_actions(
    "summit.venue",
    add=gettext_lazy("entered the venue"),
    change=gettext_lazy("changed the venue"),
    remove=gettext_lazy("deleted the venue"),
)
describe_actions(
    "summit.room",
    add=gettext_lazy("entered the room"),
    change=gettext_lazy("changed the room"),
    remove=gettext_lazy("deleted the room"),
)
describe_action("summit.listimportfile.add", gettext_lazy("uploaded a table for a list"))
describe_action("summit.listimportfile.remove", gettext_lazy("deleted a table for a list"))
describe_action("summit.listimportfile.take", gettext_lazy("took over a table for a list"))
describe_actions(
    "summit.person",
    add=gettext_lazy("entered the person"),
    change=gettext_lazy("changed the person’s data"),
    remove=gettext_lazy("deleted the person"),
)


def _erased(facts: Facts) -> str:
    by_reason = {
        "asked": _("erased the person’s data, at their request"),
        "mistake": _("erased the person’s data, entered by mistake"),
        "ordered": _("erased the person’s data, as an authority or a court ordered"),
    }
    return by_reason.get(
        str(facts.detail.get("reason")), _("erased the person’s data, as the summit keeps it no longer")
    )


describe_action("summit.erase_person", _erased, label=gettext_lazy("erased the person’s data"))
describe_action("summit.take_own_data", gettext_lazy("took the data that is held of them"))
describe_action("summit.ask_hand_over", gettext_lazy("asked to hand the person’s data over"))
describe_action("summit.agree_hand_over", gettext_lazy("agreed that the person’s data is handed over"))
describe_action("summit.hand_over_person", gettext_lazy("took the person’s data whole, to hand it over"))
describe_actions(
    "summit.roleassignment",
    add=gettext_lazy("gave the role"),
    change=gettext_lazy("changed the role"),
    remove=gettext_lazy("took the role away"),
)
describe_actions(
    "summit.user",
    add=gettext_lazy("created the account"),
    change=gettext_lazy("changed the account"),
    remove=gettext_lazy("deleted the account"),
)


def _reset(facts: Facts) -> str:
    number = int(facts.detail.get("browsers_ended", 0))
    message = ngettext(
        "took the second step away and signed %(number)d browser out",
        "took the second step away and signed %(number)d browsers out",
        number,
    )
    return message % {"number": number}


describe_action(
    "summit.reset_second_step", _reset, label=gettext_lazy("took the second step away and signed browsers out")
)


def _kind(facts: Facts) -> str:
    names = {"webauthn": _("a passkey"), "totp": _("the authenticator app"), "recovery_codes": _("recovery codes")}
    return names.get(str(facts.detail.get("kind")), _("the second step"))


def _resumed(facts: Facts) -> str:
    number = int(facts.detail.get("cancelled", 0))
    message = ngettext(
        "let the summit send, and cancelled %(number)d thing older than its arrival",
        "let the summit send, and cancelled %(number)d things older than its arrival",
        number,
    )
    return message % {"number": number}


def _resumed_all(facts: Facts) -> str:
    number = int(facts.detail.get("cancelled", 0))
    message = ngettext(
        "let the installation send, and cancelled %(number)d thing older than its arrival",
        "let the installation send, and cancelled %(number)d things older than its arrival",
        number,
    )
    return message % {"number": number}


describe_action("summit.resume", _resumed, label=gettext_lazy("let the summit send"))
describe_action("summit.resume_installation", _resumed_all, label=gettext_lazy("let the installation send"))
describe_action("summit.pause_installation", gettext_lazy("let the installation send nothing until it is resumed"))
describe_action("summit.pause", gettext_lazy("let the summit send nothing until it is resumed"))
describe_action("summit.export", gettext_lazy("took the summit out to an archive"))
describe_action("summit.import", gettext_lazy("brought the summit in from an archive"))
describe_action("summit.set_up_second_step", lambda facts: _("set up %(what)s") % {"what": _kind(facts)})
describe_action("summit.remove_second_step", lambda facts: _("took %(what)s away") % {"what": _kind(facts)})


def _sign_in(facts: Facts) -> str:
    by_method = {
        "password": _("signed in by the password"),
        "passkey": _("signed in by a passkey"),
        "totp": _("signed in by the password and a code of the app"),
        "recovery_codes": _("signed in by the password and a recovery code"),
        "webauthn": _("signed in by the password and a passkey"),
    }
    return by_method.get(str(facts.detail.get("way")), _("signed in"))


def _refuse_sign_in(facts: Facts) -> str:
    number, codes = (int(facts.detail.get(name, 0)) for name in ("number", "codes"))
    if codes == 0:
        message = ngettext("refused %(number)d attempt to sign in", "refused %(number)d attempts to sign in", number)
    elif codes == number:
        message = ngettext(
            "refused %(number)d attempt to sign in whose password was right, for its second step",
            "refused %(number)d attempts to sign in whose password was right, for their second step",
            number,
        )
    else:
        message = ngettext(
            "refused %(number)d attempts to sign in; in %(codes)d of them the password was right",
            "refused %(number)d attempts to sign in; in %(codes)d of them the password was right",
            number,
        )
    return message % {"number": number, "codes": codes}


describe_action("summit.sign_in", _sign_in)
describe_action("summit.sign_out", gettext_lazy("signed out"))
describe_action("summit.refuse_sign_in", _refuse_sign_in, label=gettext_lazy("refused an attempt to sign in"))


def _seen(facts: Facts) -> str:
    number = facts.detail.get("number")
    if number is None:
        return _("saw personal data")
    message = ngettext(
        "saw a list with personal data, %(number)d row", "saw a list with personal data, %(number)d rows", number
    )
    return message % {"number": number}


describe_action("summit.person.seen", _seen)


def _roles_of(row: Any) -> Any:
    return RoleAssignment.objects.filter(user=row)


describe_model(Room, related=("venue",), shown_on=lambda row: row.venue)
describe_model(RoleAssignment, related=("user",))
part(User, RoleAssignment, _roles_of)
part(Venue, Room, lambda row: Room.objects.filter(venue=row))
part(Summit, Venue, lambda row: Venue.objects.filter(summit=row))
part(Summit, Room, lambda row: Room.objects.filter(venue__summit=row))
part(Summit, RoleAssignment, lambda row: RoleAssignment.objects.filter(summit=row))
part(Person, User, lambda row: User.objects.filter(Q(pk=row.user_id)))
