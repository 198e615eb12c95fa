"""The text of a result letter, drafted from what was decided."""

import re

from notifications.text import render_text


def draft(case, decision, words):
    """(subject, body) of the letter about ``decision``; ``words`` are what members wrote to her."""
    context = {
        "case": case,
        "need": case.need,
        "round": case.round,
        "decision": decision,
        "words": words,
    }
    subject = render_text("committee/letters/subject.txt", context)
    body = render_text(f"committee/letters/{decision.outcome}.txt", context)
    # Trimming took the first paragraph's indent; an empty answer leaves too many blank lines.
    return subject, "\u3000" + re.sub(r"\n{3,}", "\n\n", body)
