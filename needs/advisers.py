"""The hints of the coach and of the personal-information check beside the text boxes."""

from needs import coach
from needs.advice import adviser
from needs.clearance import open_findings
from needs.similar import for_colleague, published_elsewhere


@adviser
def personal_data(need, values, _user):
    """What looks like personal information, and why."""
    found = open_findings(need, values)
    if found:
        yield "needs/hints/personal_data.html", {"found": found}


@adviser
def same_worry(need, values, user):
    """What colleagues have already handed in, and how many other hospitals published."""
    if "problem" not in values or need.number or not need.hospital_id:
        return
    text = "\n".join(values[name] for name in ("title", "problem") if name in values)
    found = for_colleague(text, need, user)
    elsewhere = published_elsewhere(text, need.hospital_id)
    if found or elsewhere:
        yield "needs/hints/similar.html", {"found": found, "elsewhere": elsewhere}


@adviser
def statement(_need, values, _user):
    """The four parts of a good statement, and what would make it stronger."""
    problem = values.get("problem", "")
    points = coach.points(values)
    if len(problem) >= coach.ENOUGH_TO_JUDGE:
        said = coach.parts_of("\n".join(values.values()))
        parts = [(label, said[part]) for part, label in coach.PARTS.items()]
    else:
        parts = []
    if parts or points:
        yield "needs/hints/coach.html", {"parts": parts, "points": points}
