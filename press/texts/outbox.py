"""Which task delivers the messages of this app."""

DELIVERY_TASK = "press.tasks.deliver_announcements"
