"""Parties are in as many groups as they belong to, where they had one region.

Continents, regional groups of the United Nations, EU and G20 follow from a party's code. Regions that don't (the Middle
East and North Africa; those of organisations) become groups of the summit that had them.
"""

import django.db.models.deletion
from django.db import migrations, models

import summit.core.models
import summit.core.validators

NAMES = {
    "africa": "Africa",
    "americas": "Americas",
    "asia": "Asia and the Pacific",
    "europe": "Europe",
    "middle_east": "Middle East and North Africa",
}


def form_groups(apps, schema_editor):
    """Form a group of each region that a code doesn't tell."""
    Party, PartyGroup = (apps.get_model("delegations", name) for name in ("Party", "PartyGroup"))
    parties = Party.objects.filter(models.Q(region="middle_east") | models.Q(iso_code="", region__in=NAMES))
    groups = {}
    for party in parties.order_by("pk"):
        key = (party.summit_id, party.region)
        if key not in groups:
            groups[key] = PartyGroup.objects.create(summit_id=party.summit_id, name=NAMES[party.region])
        groups[key].parties.add(party)


class Migration(migrations.Migration):
    dependencies = [("delegations", "0019_answers_to_tables"), ("summit", "0017_hand_over_requests")]

    operations = [
        migrations.CreateModel(
            name="PartyGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=120, validators=[summit.core.validators.validate_printable], verbose_name="name"
                    ),
                ),
                (
                    "parties",
                    models.ManyToManyField(
                        blank=True, related_name="party_groups", to="delegations.party", verbose_name="parties"
                    ),
                ),
                (
                    "summit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="party_groups",
                        to="summit.summit",
                        verbose_name="summit",
                    ),
                ),
            ],
            options={
                "verbose_name": "group of parties",
                "verbose_name_plural": "groups of parties",
                "ordering": ["name", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("summit", "name"),
                        name="party_group_name_once",
                        violation_error_message="Another group has this name. Choose another.",
                    )
                ],
            },
        ),
        migrations.RunPython(form_groups, migrations.RunPython.noop),
        migrations.RemoveField(model_name="party", name="region"),
    ]
