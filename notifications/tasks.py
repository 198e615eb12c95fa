"""Numbers in, one call out."""

from celery import shared_task

from notifications import actions


@shared_task
def deliver(*, message_id, **_future):
    """Send one message if it is still due."""
    actions.deliver(message_id)


@shared_task
def sweep(**_future):
    """Send everything that is due; the safety net below ``deliver``."""
    actions.sweep()
