"""Members get a category of their summit, answers a row of their own."""

from django.db import migrations

CODES = (
    "head", "alternate", "delegate", "adviser", "security", "interpreter", "spouse", "media", "liaison",
    "representative", "guest", "workforce", "staff",
)
ONE = ("head", "alternate", "guest")
BESIDE = ("spouse", "media", "liaison", "workforce", "security")


def categorise(apps, schema_editor):
    using = schema_editor.connection.alias
    Membership = apps.get_model("delegations", "Membership").objects.using(using)
    Category = apps.get_model("delegations", "Category").objects.using(using)
    for summit in sorted(set(Membership.values_list("party__summit", flat=True))):
        for position, code in enumerate(CODES):
            row = Category.create(
                summit_id=summit,
                code=code,
                capacity=code,
                quota=1 if code in ONE else None,
                counts=code not in BESIDE,
                position=position,
            )
            Membership.filter(party__summit=summit, capacity=code).update(category=row)


def keep_answers(apps, schema_editor):
    using = schema_editor.connection.alias
    Reply = apps.get_model("delegations", "Reply").objects.using(using)
    new_id = apps.get_model("delegations", "Reply")._meta.get_field("public_id").get_default
    for row in apps.get_model("delegations", "Invitation").objects.using(using).filter(state="answered"):
        Reply.create(
            public_id=new_id(),
            invitation=row,
            at=row.answered_at,
            answer=row.answer,
            note=row.note,
            name=row.answered_by,
            channel="link",
        )


class Migration(migrations.Migration):
    dependencies = [("delegations", "0004_who_comes_and_how")]

    operations = [
        migrations.RunPython(categorise, migrations.RunPython.noop),
        migrations.RunPython(keep_answers, migrations.RunPython.noop),
    ]
