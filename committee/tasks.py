"""Numbers in, one call out."""

from celery import shared_task

from committee import reminders, schedule


@shared_task
def follow_rounds(**_future):
    """Every few minutes: rounds that open or close by themselves."""
    schedule.follow_rounds()


@shared_task
def remind(**_future):
    """Every morning: scores that are due in 7, 3 or 1 days."""
    reminders.remind_all()
