"""Measure the quality and the speed of the search on a judged set, one JSON line per back end.

``make bench-search DATA=folder``: the folder holds docs.tsv (id, text), queries.tsv (id, text)
and qrels.tsv (query id, id of a relevant text). Every text goes through ``search.index``, every
question through ``search.engine.find``, which the search page asks (with rights, phrases,
exclusions and synonyms), in a new database of each back end that this machine has.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from itertools import count, islice
from math import log2
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

from scripts.processes import ROOT
from scripts.services import find_postgresql, postgresql

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from search.index import SearchIndex

AT = 10
SCOPE = "all"
BATCH = 1_000


def main() -> None:
    """Start a process for each back end: Django is set up for one database."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path, nargs="?", default=ROOT.parent / "shared/data/retrieval")
    parser.add_argument("--here", action="store_true", help="measure on DATABASE_URL")
    options = parser.parse_args()
    if not (options.data / "docs.tsv").exists():
        sys.exit(f"{options.data} に docs.tsv がありません。DATA=フォルダ で指定してください。")
    if options.here:
        print(json.dumps(measure(options.data)), flush=True)
        return
    with tempfile.TemporaryDirectory(prefix="ikou-bench-") as folder:
        run(options.data, f"sqlite:///{folder}/search.sqlite3", folder)
        if not find_postgresql():
            print("PostgreSQL がないため、SQLite だけを測りました。", file=sys.stderr)
            return
        with postgresql() as url:
            run(options.data, url, folder)


def run(data: Path, url: str, folder: str) -> None:
    """Measure in a process of its own."""
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "SECRET_KEY": "bench-only-" + "x" * 50,
        "SECURE": "0",
        "DATA_DIR": folder,
        "BROKER_URL": "filesystem://",
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "ikou_portal.settings",
    }
    migrate = [sys.executable, str(ROOT / "manage.py"), "migrate", "-v0"]
    again = [sys.executable, "-m", "scripts.bench_search", "--here", str(data)]
    for command in (migrate, again):
        subprocess.run(command, check=True, env=environment, cwd=ROOT)  # noqa: S603 -- our own words


def measure(data: Path) -> dict[str, object]:
    """Index the texts, ask the questions; returns the line to print."""
    import django  # noqa: PLC0415 -- the environment comes first

    django.setup()
    from django.contrib.auth.models import AnonymousUser  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from search.engine import find  # noqa: PLC0415

    index = bench_index()
    ids = load(index, data / "docs.tsv")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    relevant: defaultdict[str, set[int]] = defaultdict(set)
    for query, document in read(data / "qrels.tsv"):
        relevant[query].add(ids[document])
    questions = [(query, text) for query, text in read(data / "queries.tsv") if query in relevant]
    reader = AnonymousUser()
    find(index, reader, questions[0][1])  # the tokeniser loads its dictionary once
    found, times = [], []
    for query, text in questions:
        begin = time.perf_counter()
        ranked = find(index, reader, text).ids[:AT]
        times.append((time.perf_counter() - begin) * 1000)
        found.append([pk in relevant[query] for pk in ranked])
    sizes = [len(relevant[query]) for query, _text in questions]
    return {
        "backend": connection.vendor,
        "recall_at_10": mean(sum(hits) / min(n, AT) for hits, n in zip(found, sizes, strict=True)),
        "mrr": mean(next((1 / at for at, hit in enumerate(hits, 1) if hit), 0) for hits in found),
        "ndcg_at_10": mean(ndcg(hits, n) for hits, n in zip(found, sizes, strict=True)),
        "p50_ms": round(median(times), 2),
        "p95_ms": round(quantiles(times, n=20)[-1], 2),
        "documents": len(ids),
        "queries": len(questions),
    }


def bench_index() -> type[SearchIndex]:
    """An index over a table of its own, which one circle of readers sees."""
    from django.db import connection, models  # noqa: PLC0415 -- Django is set up by now

    from search.index import SearchIndex  # noqa: PLC0415

    class Document(models.Model):
        text = models.TextField()

        class Meta:
            app_label = "bench"

    class BenchIndex(SearchIndex):
        slug = "bench"

        @classmethod
        def model(cls) -> type[Document]:
            return Document

        @classmethod
        def parts(cls, obj: Document) -> list[str]:
            return [obj.text]

        @classmethod
        def scopes(cls, _obj: Document) -> set[str]:
            return {SCOPE}

        @classmethod
        def scopes_of(cls, _user: object) -> set[str]:
            return {SCOPE}

        @classmethod
        def rows(cls, _user: object) -> models.QuerySet[Document]:
            return Document._base_manager.all()

    with connection.schema_editor() as editor:
        editor.create_model(Document)
    return BenchIndex


def load(index: type[SearchIndex], path: Path) -> dict[str, int]:
    """Save and index every text; returns the numbers that were given to the ids."""
    from search.index import update_many  # noqa: PLC0415 -- Django is set up by now

    ids: dict[str, int] = {}
    lines = read(path)
    while batch := list(islice(lines, BATCH)):
        numbers = dict(zip((document for document, _text in batch), count(len(ids) + 1)))
        model = index.model()
        rows = [model(pk=numbers[document], text=text) for document, text in batch]
        update_many(index, model._base_manager.bulk_create(rows))
        ids |= numbers
    return ids


def read(path: Path) -> Iterator[tuple[str, str]]:
    """The two columns of a file without quoting."""
    csv.field_size_limit(10_000_000)
    with path.open(encoding="utf-8", newline="") as lines:
        yield from (
            (row[0], row[1])
            for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
            if len(row) > 1
        )


def ndcg(hits: Sequence[bool], relevant: int) -> float:
    """Normalised discounted cumulative gain of one list of binary judgements."""
    gain = sum(1 / log2(at + 1) for at, hit in enumerate(hits, 1) if hit)
    ideal = sum(1 / log2(at + 1) for at in range(1, min(relevant, AT) + 1))
    return gain / ideal if ideal else 0


def mean(values: Iterable[float]) -> float:
    """To four places."""
    values = list(values)
    return round(sum(values) / len(values), 4)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
