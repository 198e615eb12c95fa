"""Measure the main pages over HTTP, next to a bare Django page in the same run.

``make bench NEEDS=10000``: loads volume data into a private SQLite file (or uses DATABASE_URL),
starts gunicorn with production settings, signs in as the office, and prints one JSON line per
page and concurrency: median and p95 in milliseconds, requests per second, bytes, queries.
"""

import argparse
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parent.parent
REQUESTS = 120
PAGES = {
    "bare": "/bare/",
    "home": "/",
    "needs, first page": "/needs/",
    "needs, one state": "/needs/?state=not_accepted",
    "needs, page 20": "/needs/?page=20",
    "publications": "/publications/",
    "partners": "/partners/",
    "matches": "/matches/",
    "contracts": "/contracts/",
    "inbox": "/notifications/",
}


def main():
    """Load, start, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--needs", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ikou-bench-") as folder:
        environment = {
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
            **os.environ,
            "SECRET_KEY": "bench-only-" + "x" * 50,
            "SECURE": "0",
            "DATA_DIR": folder,
            "BROKER_URL": "filesystem://",
            "LOG_LEVEL": "ERROR",
            "PYTHONPATH": str(ROOT),
        }
        os.environ.update(environment)
        manage("migrate", "-v0")
        manage("collectstatic", "--noinput", "-v0")
        manage("load_volume", "--needs", str(options.needs))
        measure_all()


def manage(*words):
    """Run one management command."""
    subprocess.run([sys.executable, ROOT / "manage.py", *words], check=True, stdout=sys.stderr)  # noqa: S603


def measure_all():
    """Both servers, every page, two concurrencies."""
    cookie, queries = sign_in()
    servers = {
        "bare": start("scripts.bare:application"),
        "portal": start("ikou_portal.wsgi:application"),
    }
    try:
        for _process, port in servers.values():
            wait_for(port)
        for name, path in PAGES.items():
            port = servers["bare" if name == "bare" else "portal"][1]
            for concurrency in (1, 4):
                line = measure(port, path, cookie, concurrency)
                print(
                    json.dumps({"page": name, **line, "queries": queries.get(name, 2)}), flush=True
                )
    finally:
        for process, _port in servers.values():
            process.terminate()
            process.wait()


def sign_in():
    """A session of the biggest hospital's office, and each page's number of queries."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "ikou_portal.settings"
    sys.path.insert(0, str(ROOT))
    import django  # noqa: PLC0415 -- the environment comes first

    django.setup()
    from django.conf import settings  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415

    office = User.objects.filter(memberships__role="office").order_by("pk").first()
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(office, backend=settings.AUTHENTICATION_BACKENDS[1])
    queries = {}
    for name, path in PAGES.items():
        if name == "bare":
            continue
        with CaptureQueriesContext(
            connection,
        ) as captured:
            status = client.get(path).status_code
        if status != http.client.OK:
            sys.exit(f"{path}: {status}")
        queries[name] = len(captured)
    connection.close()
    return client.cookies[settings.SESSION_COOKIE_NAME].value, queries


def start(application):
    """Gunicorn on a free port with two workers, as in production."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        "gunicorn",
        "-w",
        "2",
        "-b",
        f"127.0.0.1:{port}",
        "--log-level",
        "error",
        application,
    ]
    process = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT)  # noqa: S603
    return process, port


def wait_for(port):
    """Until it answers, for at most 30 seconds."""
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit("gunicorn did not start")


def measure(port, path, cookie, concurrency):
    """``REQUESTS`` requests over ``concurrency`` kept-alive connections."""
    each = REQUESTS // concurrency
    begin = time.perf_counter()
    with ThreadPoolExecutor(concurrency) as pool:
        jobs = [pool.submit(drive, port, path, cookie, each) for _ in range(concurrency)]
        results = [line for job in jobs for line in job.result()]
    spent = time.perf_counter() - begin
    times = [milliseconds for milliseconds, _size in results]
    return {
        "concurrency": concurrency,
        "median_ms": round(median(times), 1),
        "p95_ms": round(quantiles(times, n=20)[-1], 1),
        "requests_s": round(len(times) / spent, 1),
        "bytes": results[-1][1],
    }


def drive(port, path, cookie, count):
    """(milliseconds, bytes) of each request of one connection, after two to warm up."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    found = []
    for number in range(count + 2):
        begin = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": f"sessionid={cookie}"})
        response = connection.getresponse()
        body = response.read()
        if response.status != http.client.OK:
            sys.exit(f"{path}: {response.status}")
        if number > 1:
            found.append(((time.perf_counter() - begin) * 1000, len(body)))
    return found


if __name__ == "__main__":
    main()
