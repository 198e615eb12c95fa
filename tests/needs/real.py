"""Published needs and paragraphs for measuring, beside the clone; never copied into it.

Where the folder is missing, what needs it is skipped.
"""

from pathlib import Path

import pytest

from needs.importing import read_rows, read_table
from tests.needs.tables import ROWS

REAL = Path(__file__).parents[3] / "shared" / "data"
PARAGRAPHS = REAL / "retrieval" / "docs.tsv"
here = pytest.mark.skipif(not REAL.exists(), reason=f"needs {REAL}")
READINGS = [
    pytest.param("real_needs.csv", marks=here, id="UTF-8"),
    pytest.param("real_needs_sjis.csv", marks=here, id="CP932"),
]


def needs_of(name):
    """(title, problem, profession) of each row."""
    rows, problems = read_rows(read_table((REAL / name).read_bytes()))
    assert not problems
    return [(row.title, row.problem, dict(row.notes).get("職種", "")) for row in rows]


def paragraphs():
    """Texts about anything."""
    lines = PARAGRAPHS.read_text(encoding="utf-8").splitlines()
    return [line.split("\t", 1)[1] for line in lines]


def some_texts():
    """What people write, to plant something in: the real needs, or made-up ones without them."""
    if not REAL.exists():
        return [f"{row[1]}。{row[2]}" for row in ROWS]
    return [f"{title}。{problem}" for title, problem, _users in needs_of("real_needs.csv")]
