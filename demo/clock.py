"""Let the story happen in the past: the portal's clock shows a day of long ago."""

from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest import mock

from django.utils import timezone


@contextmanager
def days_ago(days, hour=0):
    """Inside, ``timezone.now()`` answers ``days`` ago (and ``hour`` hours later).

    The class behind ``timezone.now`` is replaced, not the function: field defaults hold on to
    the function. Yields the moment.
    """
    moment = timezone.now() - timedelta(days=days) + timedelta(hours=hour)
    with mock.patch("django.utils.timezone.datetime", _stopped_at(moment)):
        yield moment


def _stopped_at(moment):
    class AnyDatetime(type):
        def __instancecheck__(cls, instance):
            return isinstance(instance, datetime)

    class Stopped(datetime, metaclass=AnyDatetime):
        @classmethod
        def now(cls, tz=None):
            return moment.astimezone(tz) if tz else moment.replace(tzinfo=None)

    return Stopped
