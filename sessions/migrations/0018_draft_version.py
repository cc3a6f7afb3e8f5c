"""Changes of the draft, and of all that its warnings look at, are counted."""

from django.db import migrations, models

from summit.core.change_counters import CountChanges, MakeCounter

TABLE, COUNT = "programme_draftversion", "programme_count_draft"
OF_SESSION = "(SELECT s.summit_id FROM programme_session s WHERE s.id = {row}.session_id)"
# By the table, how the summit is found.
COUNTED = {
    "summit_summit": "{row}.id",
    "summit_venue": "{row}.summit_id",
    "summit_room": "(SELECT v.summit_id FROM summit_venue v WHERE v.id = {row}.venue_id)",
    "summit_person": "{row}.summit_id",
    "delegations_party": "{row}.summit_id",
    "delegations_category": "{row}.summit_id",
    "delegations_membership": "(SELECT p.summit_id FROM delegations_party p WHERE p.id = {row}.party_id)",
    "delegations_particulars": "(SELECT p.summit_id FROM summit_person p WHERE p.id = {row}.person_id)",
    "programme_release": "{row}.summit_id",
    "programme_session": "{row}.summit_id",
    "programme_ownkind": "{row}.summit_id",
    **{
        f"programme_{name}": OF_SESSION
        for name in ("sessiontext", "interpretation", "document", "participant", "slot", "signup")
    },
}


class Migration(migrations.Migration):

    dependencies = [
        ('programme', '0017_counted_changes'),
        ('summit', '0020_counted_changes'),
        ('delegations', '0022_counted_changes'),
    ]

    operations = [
        migrations.CreateModel(
            name='DraftVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('summit_id', models.BigIntegerField()),
                ('writer', models.PositiveIntegerField()),
                ('changes', models.BigIntegerField(default=0)),
                ('removals', models.BigIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'version of the draft',
                'verbose_name_plural': 'versions of the draft',
                'constraints': [models.UniqueConstraint(fields=('summit_id', 'writer'), name='draft_version_once')],
            },
        ),
        MakeCounter(TABLE, COUNT),
        *(CountChanges(table, summit, counter=TABLE, count=COUNT, called="drafted") for table, summit in COUNTED.items()),
    ]
