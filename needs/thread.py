"""The office's questions with their answers, read from the timeline."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.models import Entry

ASKED = "needs.need.send_back"
ANSWERED = "needs.need.resubmit"


@dataclass(slots=True)
class Exchange:
    """One question about ``sections`` (slugs; none means everything), and the answer so far."""

    asked: Entry
    question: str
    sections: list[str] = field(default_factory=list)
    answered: Entry | None = None
    answer: str = ""


def exchanges(entries: Iterable[Entry]) -> list[Exchange]:
    """What was asked and answered, oldest first; ``entries`` are a need's, in their order."""
    found: list[Exchange] = []
    for entry in entries:
        if entry.action == ASKED:
            data = entry.data
            found.append(Exchange(entry, data["question"], data.get("asked_sections", [])))
        elif entry.action == ANSWERED and found:
            found[-1].answered, found[-1].answer = entry, entry.data["answer"]
    return found
