"""The model `Heartbeat`: when each sweep began last."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """When a sweep began last. It shows that beat and a worker are alive, without a connection to Redis."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField(db_default=Now())
    # Seconds by which the clock of the worker, or of the task's sender, is ahead of the database's.
    drift = models.FloatField(default=0.0)

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return f"{self.name} {self.at}"
