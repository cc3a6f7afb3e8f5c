"""The public list of delegations: from when it is shown, and what each delegation agrees to.

Answers, members and their names are counted as changes of public pages once the list is shown, or will be in less than
an hour. Members and names are counted only for delegations that agree to be listed with their head or their size.
"""

from django.db import migrations, models

from summit.core.change_counters import CountChanges
from summit.core.migration_operations import AddColumn, AddTableConstraint

# The summit of a party, if its list of delegations is shown.
SHOWN = (
    "p.summit_id FROM delegations_party p JOIN delegations_policy o ON o.summit_id = p.summit_id "
    "WHERE o.parties_public_at <= {soon}"
)
OF_INVITATION = f"(SELECT {SHOWN} AND p.id = {{row}}.party_id AND {{row}}.occasion = '')"
OF_MEMBER = f"(SELECT {SHOWN} AND p.id = {{row}}.party_id AND p.public_listing IN ('head', 'size', 'all'))"
# SHOWN is a constant of this module.
OF_HEAD = (
    f"(SELECT {SHOWN} AND p.public_listing IN ('head', 'all') AND p.id = (SELECT m.party_id "  # noqa: S608
    "FROM delegations_membership m WHERE m.person_id = {row}.id AND m.capacity = 'head'))"
)
# Nobody is listed before they are confirmed.
WAS_CONFIRMED = "{row}.confirmed_at IS NOT NULL"


class Migration(migrations.Migration):

    dependencies = [
        ("delegations", "0005_category_colour"),
        ("summit", "0004_person_phone"),
    ]

    operations = [
        AddColumn(
            model_name="party",
            name="public_listing",
            field=models.CharField(
                choices=[
                    ("none", "not listed"),
                    ("name", "name and flag"),
                    ("head", "name, flag and head"),
                    ("size", "name, flag and size"),
                    ("all", "name, flag, head and size"),
                ],
                default="name",
                help_text='Shown once the delegation has accepted. Include its head and size only if it agrees.',
                max_length=4,
                verbose_name="in the public list of delegations",
            ),
        ),
        AddColumn(
            model_name="policy",
            name="parties_public_at",
            field=models.DateTimeField(
                blank=True,
                help_text=(
                    'From this time, the public home page lists the delegations that have accepted. Leave blank to list none.'
                ),
                null=True,
                verbose_name='list of delegations public from',
            ),
        ),
        AddTableConstraint(
            model_name="party",
            constraint=models.CheckConstraint(
                condition=models.Q(("public_listing__in", ["none", "name", "head", "size", "all"])),
                name="party_public_listing_known",
            ),
        ),
        CountChanges("delegations_invitation", OF_INVITATION, called="listed", removes={"INSERT": "FALSE"}),
        CountChanges(
            "delegations_membership",
            OF_MEMBER,
            called="listed",
            removes={"INSERT": "FALSE", "UPDATE": WAS_CONFIRMED, "DELETE": WAS_CONFIRMED},
            was=True,
        ),
        CountChanges("summit_person", OF_HEAD, called="listed", events=("UPDATE",)),
    ]
