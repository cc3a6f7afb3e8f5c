"""Declares who may open the desk's own pages for parties, people, invitations, badges and letters."""

from summit.permissions.route_table import Gate, declare

declare(
    "admin:delegations_party_invite",
    Gate.DESK,
    "GET POST",
    see="delegations.party.view",
    do="delegations.invite",
)
for _name, _action in (("answer", "delegations.answer_for"), ("write_anew", "delegations.invite")):
    declare(
        f"admin:delegations_invitation_{_name}",
        Gate.DESK,
        "GET POST",
        kind="delegations.invitation",
        see="delegations.invitation.view",
        do=_action,
    )
declare(
    "admin:delegations_invitation_sent",
    Gate.DESK,
    kind="delegations.invitation",
    see="delegations.invitation.view",
)
declare("admin:delegations_invitation_calls", Gate.DESK, see="delegations.callnote.view")
declare(
    "admin:delegations_invitation_call",
    Gate.DESK,
    "GET POST",
    kind="delegations.invitation",
    see="delegations.invitation.view",
    do="delegations.callnote.change",
)
declare("admin:delegations_reply_scan", Gate.DESK, kind="delegations.reply", see="delegations.reply.view")
for _model in ("invitation", "invitationlink"):
    declare(
        f"admin:delegations_{_model}_revoke",
        Gate.DESK,
        "GET POST",
        see=f"delegations.{_model}.view",
        do="delegations.revoke",
    )

declare(
    "admin:delegations_participantlist_prepare",
    Gate.DESK,
    "GET POST",
    kind="summit.summit",
    see="delegations.participantlist.view",
    do="delegations.participantlist.change",
)
declare(
    "admin:delegations_participantlist_file",
    Gate.DESK,
    kind="delegations.participantlist",
    see="delegations.participantlist.view",
)
declare(
    "admin:delegations_names",
    Gate.DESK,
    "GET POST",
    kind="summit.summit",
    see="summit.summit.view",
    do="delegations.partyname.change",
)
declare(
    "admin:delegations_order",
    Gate.DESK,
    "GET POST",
    kind="summit.summit",
    see="summit.summit.view",
    do="delegations.party.view",
    post="delegations.party.change",
)
for _name, _model in (("categories", "category"), ("zones", "zone")):
    declare(
        f"admin:delegations_{_name}_order",
        Gate.DESK,
        "GET POST",
        kind="summit.summit",
        see="summit.summit.view",
        do=f"delegations.{_model}.view",
        post=f"delegations.{_model}.change",
    )
for _name, _action, _post in (
    ("quotas", "delegations.quota.view", "delegations.raise_quota"),
    ("name", "delegations.name", "delegations.name"),
    ("members_order", "delegations.name", "delegations.name"),
):
    declare(
        f"admin:delegations_party_{_name}",
        Gate.DESK,
        "GET POST",
        kind="delegations.party",
        see="delegations.party.view",
        do=_action,
        post=_post,
    )
for _name, _action in (
    ("confirm", "delegations.name"),
    ("move", "delegations.name"),
    ("withdraw", "delegations.withdraw"),
):
    declare(
        f"admin:delegations_membership_{_name}", Gate.DESK, "GET POST", see="delegations.membership.view", do=_action
    )
declare(
    "admin:delegations_membership_replace",
    Gate.DESK,
    "GET POST",
    kind="delegations.membership",
    see="delegations.membership.view",
    do="delegations.withdraw",
)
declare(
    "admin:delegations_letters",
    Gate.DESK,
    "GET POST",
    kind="summit.summit",
    see="summit.summit.view",
    do="delegations.lettertemplate.view",
    post="delegations.lettertemplate.change",
)
for _name in ("guest", "occasions"):
    declare(
        f"admin:delegations_{_name}",
        Gate.DESK,
        "GET POST",
        kind="summit.summit",
        see="summit.summit.view",
        do="delegations.invite",
    )
declare(
    "admin:delegations_policy",
    Gate.DESK,
    "GET POST",
    kind="summit.summit",
    see="summit.summit.view",
    do="delegations.policy.view",
    post="delegations.policy.change",
)

# Each group of particulars is open to those who need it. The conference officer sees no list of people, but sees the
# dietary and access needs of each person.
for _group, _seen in (
    ("passport", "summit.person.view"),
    ("travel", "summit.person.view"),
    ("photo", "summit.person.view"),
    ("needs", "delegations.needs.view"),
):
    declare(
        f"admin:summit_person_{_group}",
        Gate.DESK,
        "GET POST",
        kind="summit.person",
        see=_seen,
        do=f"delegations.{_group}.view",
        post=f"delegations.{_group}.change",
    )
declare(
    "admin:summit_person_photo_file",
    Gate.DESK,
    kind="summit.person",
    see="summit.person.view",
    do="delegations.photo.view",
)
for _name, _action in (
    ("accounts", "delegations.give_account"),
    ("take_accounts", "delegations.give_account"),
    ("language", "summit.person.change"),
):
    declare(f"admin:summit_person_{_name}", Gate.DESK, "GET POST", see="summit.person.view", do=_action)
declare(
    "admin:delegations_duplicatecandidate_merge",
    Gate.DESK,
    "GET POST",
    kind="delegations.duplicatecandidate",
    see="delegations.duplicatecandidate.view",
    do="delegations.duplicatecandidate.change",
)
declare(
    "admin:delegations_needs",
    Gate.DESK,
    kind="summit.summit",
    see="delegations.needs.view",
)
declare(
    "admin:delegations_duplicatecandidate_tell_apart",
    Gate.DESK,
    "GET POST",
    see="delegations.duplicatecandidate.view",
    do="delegations.duplicatecandidate.change",
)

# Import files of parties and people.
declare(
    "admin:delegations_delegationimportfile_upload",
    Gate.DESK,
    "GET POST",
    see="delegations.delegationimportfile.view",
    do="delegations.read_in",
)
declare(
    "admin:delegations_delegationimportfile_blank",
    Gate.DESK,
    see="delegations.delegationimportfile.view",
    do="delegations.read_in",
)
for _verb in ("answer", "look", "take", "drop"):
    declare(
        f"admin:delegations_delegationimportfile_{_verb}",
        Gate.DESK,
        "POST",
        kind="delegations.delegationimportfile",
        see="delegations.delegationimportfile.view",
        do="delegations.read_in",
    )

for _model, _seen in (
    ("delegations_party", "delegations.party.view"),
    ("delegations_invitation", "delegations.invitation.view"),
    ("summit_person", "summit.person.view"),
):
    declare(f"admin:{_model}_export", Gate.DESK, see=_seen)

# The last two steps of the setup.
for _name, _action in (("parties", "delegations.party.change"), ("letter", "delegations.invite")):
    declare(
        f"admin:setup_{_name}",
        Gate.DESK,
        "GET POST",
        kind="summit.summit",
        see="summit.summit.view",
        do=_action,
    )

# Declarations and visa letters.
for _name, _verbs, _action in (
    ("declaration", ("refuse",), "delegations.decide_declaration"),
    ("visaletter", ("refuse", "void"), "delegations.issue_visa"),
):
    for _verb in _verbs:
        declare(
            f"admin:delegations_{_name}_{_verb}",
            Gate.DESK,
            "GET POST",
            kind=f"delegations.{_name}",
            see=f"delegations.{_name}.view",
            do=_action,
        )
for _verb in ("approve", "refuse"):
    declare(
        f"admin:delegations_focalpointrequest_{_verb}",
        Gate.DESK,
        "GET POST",
        kind="delegations.focalpointrequest",
        see="delegations.focalpointrequest.view",
        do="delegations.decide_focal_point",
    )
declare(
    "admin:delegations_declaration_permit",
    Gate.DESK,
    "GET POST",
    see="delegations.declaration.view",
    do="delegations.decide_declaration",
)
declare(
    "admin:delegations_visaletter_issue",
    Gate.DESK,
    "GET POST",
    see="delegations.visaletter.view",
    do="delegations.issue_visa",
)
declare(
    "admin:delegations_visaletter_paper",
    Gate.DESK,
    kind="delegations.visaletter",
    see="delegations.visaletter.view",
    do="delegations.issue_visa",
)
declare(
    "admin:delegations_retention_summit",
    Gate.DESK,
    "GET POST",
    kind="summit.summit",
    see="delegations.retention.view",
    do="delegations.retention.change",
)
declare(
    "admin:delegations_retention_record",
    Gate.DESK,
    kind="summit.summit",
    see="delegations.retention.view",
)
for _name in ("photos", "photos_file"):
    declare(
        f"admin:delegations_{_name}",
        Gate.DESK,
        kind="summit.summit",
        see="delegations.photo_sheet",
    )


# Badges: issue, end, reissue, print, and check at a door.
for _name, _action in (("issue", "delegations.issue_badge"), ("end", "delegations.end_badge")):
    declare(
        f"admin:delegations_badge_{_name}",
        Gate.DESK,
        "GET POST",
        see="delegations.badge.view",
        do=_action,
    )


declare(
    "admin:delegations_badge_reissue",
    Gate.DESK,
    "GET POST",
    kind="delegations.badge",
    see="delegations.badge.view",
    do="delegations.issue_badge",
)


declare("admin:delegations_badge_paper", Gate.DESK, see="delegations.badge.view", do="delegations.issue_badge")


declare("admin:delegations_badge_check", Gate.DESK, see="delegations.badge.view")


# Handovers, which wait for protocol to decide.
declare("admin:delegations_handover_waiting", Gate.DESK, see="delegations.handover.view")


declare(
    "admin:delegations_handover_decide",
    Gate.DESK,
    "GET POST",
    kind="delegations.handover",
    see="delegations.handover.view",
    do="delegations.decide_handover",
)
