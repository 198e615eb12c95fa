"""How many bare pages a page costs in processor time, without a server and a network between.

``make bench-cpu NEEDS=14000``: the bare page and the portal run in a process each, take turns with
a few requests, and print one JSON line per page: the median processor time of a request in
milliseconds, that of the bare page in the same minutes, and their ratio. SQLite works inside the
process, so that its time is counted. What else the machine does hardly matters: it would slow down
both.
"""

import argparse
import contextlib
import importlib
import io
import json
import subprocess
import sys
import time
from itertools import chain
from statistics import median

from scripts.bench import loaded
from scripts.processes import LOCALHOST, ROOT

TURNS, EACH = 10, 6
BARE, PORTAL = "scripts.bare", "ikou_portal.wsgi"
PAGES = [
    "results of a long round",
    "results of a long round, last page",
    "results of a long round, by spread",
    "home of a proposer",
    "home of an office",
    "needs, first page",
    "one need",
    "inbox",
]


def main():
    """Load, start both, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--needs", type=int, default=14_000)
    parser.add_argument("--serve", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
        return
    with loaded(options.needs):
        from scripts.bench_pages import pages  # noqa: PLC0415 -- needs Django set up

        found = {page.name: page for page in pages()}
        with running(BARE) as bare, running(PORTAL) as portal:
            for name in PAGES:
                print(json.dumps(compared(bare, portal, found[name])), flush=True)


def compared(bare, portal, page):
    """One line of the report."""
    sides = [(bare, "/bare/"), (portal, page.path)]
    for process, path in sides:
        ask(process, path, page.cookie)  # caches of the process fill
    turns = [[ask(process, path, page.cookie) for process, path in sides] for _ in range(TURNS)]
    yard, own = (median(chain.from_iterable(side)) for side in zip(*turns, strict=True))
    return {
        "page": page.name,
        "cpu_ms": round(own, 1),
        "bare_cpu_ms": round(yard, 1),
        "ratio": round(own / yard, 2),
        "queries": page.queries,
    }


@contextlib.contextmanager
def running(application):
    """A process with this application, which answers on its standard output."""
    command = [sys.executable, "-m", "scripts.bench_cpu", "--serve", application]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)  # noqa: S603 -- our own words
    try:
        yield process
    finally:
        process.stdin.close()
        process.wait()


def ask(process, path, cookie):
    """The processor times of a few requests."""
    process.stdin.write(json.dumps([path, cookie]) + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline() or sys.exit(f"{path} failed"))


def serve(name):
    """The other end: request after request, as a server would call the application."""
    application = importlib.import_module(name).application
    for line in sys.stdin:
        path, cookie = json.loads(line)
        print(json.dumps([one(application, path, cookie) for _ in range(EACH)]), flush=True)


def one(application, path, cookie):
    """The processor time of one request in milliseconds."""
    plain, _mark, query = path.partition("?")
    request = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": plain,
        "QUERY_STRING": query,
        "HTTP_HOST": LOCALHOST,
        "HTTP_COOKIE": cookie,
        "REMOTE_ADDR": LOCALHOST,
        "SERVER_NAME": LOCALHOST,
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    said = []
    begin = time.process_time()
    answer = application(request, lambda status, *_more: said.append(status))
    for _part in answer:
        pass
    answer.close()
    spent = time.process_time() - begin
    if not said[0].startswith("200"):
        sys.exit(f"{path}: {said[0]}")
    return spent * 1000


if __name__ == "__main__":
    main()
