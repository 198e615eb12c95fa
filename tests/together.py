"""Several people at the same moment: each in a thread with a database connection of its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection
from django.test import Client


def together(*calls):
    """Start all calls at once; returns, in their order, what each returned or raised.

    On SQLite one waits for the other's whole transaction; on PostgreSQL they really overlap.
    """
    start = Barrier(len(calls))

    def run(call):
        start.wait()
        try:
            return call()
        except Exception as error:  # noqa: BLE001 -- the test says which errors are right
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def browser(person):
    """A browser in which ``person`` has signed in."""
    client = Client()
    client.force_login(person)
    return client
