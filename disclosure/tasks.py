"""Numbers in, one call out."""

from celery import shared_task

from disclosure import search


@shared_task
def close_ended(**_future):
    """Hourly, for the hour after midnight: what is no longer open counts in nobody's search outside."""
    search.close_ended()
