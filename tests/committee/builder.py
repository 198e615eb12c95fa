"""The rubric builder as a browser fills it in."""


def row(label="必要性", *, scale=5, weight=1, categories=(), **more):
    """A criterion with its first, middle and last anchor; ``more`` are other controls."""
    words = {f"anchor_{mark}": f"{mark}点の様子" for mark in (1, (1 + scale) // 2, scale)}
    flags = {"allows_na": "on", "counts": "on"}
    row = {"label": label, "weight": weight, "scale": scale, **words, **flags, **more}
    chosen = {"categories": list(categories)} if categories else {}
    return {name: value for name, value in row.items() if value is not None} | chosen


def sheet(*rows, **fields):
    """What the browser sends for these rows."""
    sent = {
        f"criteria-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()
    }
    count = {"criteria-TOTAL_FORMS": len(rows), "criteria-INITIAL_FORMS": 0}
    return {"name": "評価表", **count, **sent, **fields}


def typed(criteria):
    """What a page that shows this formset sends when nobody touches it."""
    sent = {"criteria-TOTAL_FORMS": criteria.total_form_count(), "criteria-INITIAL_FORMS": 0}
    for form in criteria:
        for field in form:
            value = field.value()
            if value or value == 0:
                sent[field.html_name] = "on" if value is True else value
    return sent


def labels(criteria):
    """The labels on a page, from top to bottom."""
    return [form["label"].value() or "" for form in criteria]
