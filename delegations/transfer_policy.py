"""Declares which models of the delegations are moved with a summit's archive, and why the others are excluded."""

import json
from typing import Any

from delegations.members.services import passport_digests
from summit.core.transfer_registry import Names, declare_excluded, moves
from summit.summits.models import Summit

moves(
    *(
        f"delegations.{name}"
        for name in (
            *(
                "Party",
                "PartyName",
                "PartyGroup",
                "PartyGroup_parties",
                "ExternalId",
                "Zone",
                "Zone_rooms",
                "Category",
                "Category_zones",
                "Quota",
            ),
            *("TransferablePassRule", "TransferablePassRule_zones", "TransferablePass", "Membership", "FormerMember"),
            *("Contact", "LiaisonOfficer", "LiaisonOfficer_parties"),
            *("FocalPoint", "FocalPointRequest", "Badge", "Invitation", "Reply", "ReplyScan", "InvitationLink"),
            *("Handover", "LetterTemplate", "CallNote", "DeclarationKind", "Declaration", "VisaLetter"),
            *("Photo", "DuplicateCandidate", "Policy", "Retention"),
        )
    )
)


def _digests(row: Any, summit: Summit) -> None:
    row.passport_digest = passport_digests.digest("passport", summit.pk, row.passport_number)
    row.birth_digest = passport_digests.digest("birth", summit.pk, row.birth_date)


# The digests depend on the installation's secret and the summit's key, so they are computed again on arrival.
moves("delegations.Particulars", without=("passport_digest", "birth_digest"), arrive=_digests)


def _categories(values: dict[str, Any], names: Names) -> None:
    """Replace the primary keys of categories in a participant list with those that the receiving installation
    uses."""
    if not values["content"]:
        return
    content = json.loads(values["content"])

    def key(old_key: object) -> int | str:
        mapped = names.page("delegations.category", str(old_key))
        return int(mapped) if mapped.isdigit() else mapped

    for party in content["parties"]:
        for member in party["members"]:
            member["category"] = key(member["category"])
    content["categories"] = {
        str(key(category)): category_names for category, category_names in content["categories"].items()
    }
    values["content"] = json.dumps(content, ensure_ascii=False)


moves("delegations.ParticipantList", rewrite=_categories)

declare_excluded("delegations.SignInCode", why="codes of minutes")
declare_excluded(
    "delegations.PartyProvider", "delegations.PortalSubject", why="identity providers are of the installation"
)
declare_excluded("delegations.PortalSession", why="who is signed in where: nobody is let in elsewhere by it")
