from django.db import migrations


class Migration(migrations.Migration):
    # Relations are made with their tables since (0001_initial): beside them, each takes a state of all models.
    initial = True

    dependencies = [
        ('outbox', '0001_initial'),
        ('summit', '0001_initial'),
    ]

    operations = []
