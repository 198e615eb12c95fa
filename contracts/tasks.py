"""Numbers in, one call out."""

from celery import shared_task

from contracts import actions


@shared_task
def follow_dates(**_future):
    """Hourly: expire and announce. Access ends by the date itself, whether this runs or not."""
    actions.follow_dates()
