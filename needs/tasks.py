"""Numbers in, one call out."""

from celery import shared_task

from needs import clock, importing_actions, loop, revival


@shared_task
def run_import(*, run_id, **_future):
    """Check or bring in one uploaded table."""
    importing_actions.work_on(run_id)


@shared_task
def resume_imports(**_future):
    """Do what waits or was left by a dead worker; the safety net below ``run_import``."""
    importing_actions.resume_imports()


@shared_task
def follow_days(**_future):
    """Every morning: late first answers, unanswered questions, needs that come back."""
    clock.follow_promises()
    loop.follow_replies()
    revival.follow_revivals()
