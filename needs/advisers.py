"""The hints of the coach and of the personal-information check beside the text boxes."""

from needs import coach
from needs.advice import adviser
from needs.clearance import open_findings


@adviser
def personal_data(need, values, _user):
    """What looks like personal information, and why."""
    found = open_findings(need, values)
    if found:
        yield "needs/hints/personal_data.html", {"found": found}


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
