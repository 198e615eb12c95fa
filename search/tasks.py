"""Numbers in, one call out."""

from celery import shared_task

from search import maintenance
from search.index import registry


@shared_task
def fold(**_future):
    """Make one row of the statistics out of many."""
    maintenance.fold()


@shared_task
def repair(**_future):
    """Index what is missing, whatever the reason; the safety net below ``search.index.keep``."""
    for index in registry:
        maintenance.rebuild(index)
