"""What is measured: the modules whose functions protect something, by area."""

from tools.running import ROOT

AREAS: dict[str, tuple[str, ...]] = {
    "visibility": (
        "press/texts/models/visibility.py",
        "press/published_texts/selectors.py",
        "press/published_texts/pinned_editions.py",
        "sessions/agenda/models/releases.py",
        "sessions/visibility/models.py",
        "sessions/notifications/selectors/recipients.py",
        "sessions/agenda/selectors/released_snapshots.py",
        "delegations/members/person_field_groups.py",
    ),
    "change records": (
        "summit/summits/models.py",
        "summit/audit/services.py",
        "summit/audit/verification.py",
        "sessions/agenda/selectors/differences.py",
        "sessions/agenda/selectors/own_changes.py",
        "sessions/agenda/selectors/side_by_side.py",
        "sessions/notifications/selectors/notification_content.py",
        "sessions/notifications/selectors/change_index.py",
    ),
    "releases": (
        "sessions/releases/services/releases.py",
        "sessions/agenda/selectors/snapshots.py",
        "sessions/releases/services/release_writer.py",
        "sessions/releases/services/restore_plan.py",
        "sessions/releases/services/restore.py",
        "sessions/notifications/services/agenda_changes.py",
        "sessions/notifications/messages/agenda_changes.py",
    ),
    "outbox delivery": (
        "summit/outbox/outbound_pause.py",
        "summit/outbox/delivery.py",
        "summit/outbox/enqueue.py",
        "summit/outbox/message_kinds.py",
        "summit/outbox/mime.py",
        "summit/outbox/bounces.py",
        "summit/outbox/smtp_connection.py",
        "summit/outbox/send_timeout.py",
    ),
    "answers": (
        "delegations/invitations/services/answers.py",
        "delegations/invitations/services/drafts_and_approval.py",
        "delegations/invitations/services/invitations.py",
        "delegations/invitations/selectors/level_choices.py",
        "delegations/invitations/services/links.py",
        "delegations/invitations/link_tokens.py",
    ),
    "quotas": (
        "delegations/members/selectors/quotas.py",
        "delegations/members/services/quotas.py",
        "delegations/members/services/categories.py",
        "delegations/members/services/members.py",
        "delegations/badges/services/transferable_passes.py",
    ),
    "permissions": (
        "summit/permissions/rules.py",
        "summit/admin_base/object_access.py",
        "delegations/*/permissions.py",
        "sessions/*/permissions.py",
        "press/*/permissions.py",
        "summit/outbox/permissions.py",
        "summit/webhooks/permissions.py",
        "summit/jobs/permissions.py",
    ),
    "embargo decisions": (
        "press/subscriptions/services/announcements.py",
        "press/texts/services/decisions.py",
        "press/embargoes/services/speech_listeners.py",
        "press/embargoes/services/embargoes.py",
        "press/subscriptions/services/withdrawals.py",
        "press/subscriptions/messages.py",
        "press/embargoes/services/joint_publication.py",
        "press/texts/models/embargoes.py",
    ),
    "retention": (
        "summit/privacy/person_erasure.py",
        "summit/accounts/personal_data.py",
        "summit/outbox/personal_data.py",
        "delegations/privacy/services/delegation_data_of_people.py",
        "delegations/privacy/services/retention.py",
        "delegations/privacy/services/retention_times.py",
        "delegations/privacy/purge_job.py",
        "sessions/privacy/services.py",
        "press/privacy/services/press_data_of_people.py",
    ),
    "import planning": (
        "delegations/imports/column_recognition.py",
        "delegations/imports/selectors/*.py",
        "delegations/imports/services/*.py",
        "summit/imports/services.py",
        "summit/imports/journal.py",
        "sessions/exchange/selectors/planner.py",
        "sessions/exchange/selectors/parsers.py",
        "press/imports/*.py",
    ),
    "API admission": (
        "summit/api_base/authentication.py",
        "summit/api_base/permissions.py",
        "summit/api_base/scopes.py",
        "summit/api_base/actions.py",
        "summit/api_base/schema_sharing.py",
        "summit/api_base/idempotency.py",
        "summit/api_base/throttling.py",
        "summit/api_base/token_secrets.py",
        "summit/api_base/token_services.py",
        "summit/api/api_client_services.py",
        "summit/api_base/etags.py",
    ),
}


def modules(area: str) -> list[str]:
    """Return the modules of an area, by their path from the project's root. Raises LookupError for one that isn't."""
    found = []
    for pattern in AREAS[area]:
        matched = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob(pattern))
        if not matched:
            raise LookupError(pattern)
        found += [path for path in matched if path not in found]
    return found
