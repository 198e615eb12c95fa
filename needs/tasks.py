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
def follow_promises(**_future):
    """Tell of late first answers."""
    clock.follow_promises()


@shared_task
def follow_replies(**_future):
    """Remind, warn and close where a question stays unanswered."""
    loop.follow_replies()


@shared_task
def follow_revivals(**_future):
    """Offer again what was put aside and has a reason to come back."""
    revival.follow_revivals()
