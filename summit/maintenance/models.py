"""When each sweep began last."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """When a sweep last ran: what tells that beat and a worker are alive, without asking Redis."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField(db_default=Now())
    # Seconds by which the clock of whoever ran or sent it is ahead of the database's.
    drift = models.FloatField(default=0.0)

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return f"{self.name} {self.at}"
