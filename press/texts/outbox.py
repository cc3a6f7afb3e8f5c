"""The name of the Celery task that delivers this app's messages."""

DELIVERY_TASK = "press.tasks.deliver_announcements"
