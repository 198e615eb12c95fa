"""Fill the code lists; edits by administrators are kept."""

import json
from pathlib import Path

from taxonomy.models import Term

SOURCE = Path(__file__).parent / "terms.json"


def load_terms() -> int:
    """Add every term of terms.json that is not there yet; returns how many were added."""
    known = set(Term.objects.values_list("kind", "code"))
    missing = [
        Term(**row)
        for row in json.loads(SOURCE.read_text(encoding="utf-8"))
        if (row["kind"], row["code"]) not in known
    ]
    Term.objects.bulk_create(missing)
    return len(missing)
