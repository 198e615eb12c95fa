"""The table of addresses: who gets which answer. docs/permissions.md holds it; the test asks it.

``python -m tests.access`` is not needed to run the test; it prints the table as it is now, so
that a change can be reviewed as a diff of the document.
"""

import re
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

DOCUMENT = Path(__file__).parent.parent / "docs" / "permissions.md"
HEADING = "## Addresses"
ROLES = [
    "anonymous",
    "nurse@hospital-a.example",
    "doctor@hospital-a.example",
    "head@hospital-a.example",
    "chair@hospital-a.example",
    "reviewer@hospital-a.example",
    "office@hospital-a.example",
    "director@hospital-a.example",
    "legal@hospital-a.example",
    "admin@hospital-a.example",
    "nurse@hospital-b.example",
    "office@hospital-b.example",
    "sales@maker-a.example",
    "dev@maker-b.example",
    "coordinator@agency.example",
    "advisor@association.example",
]


def every_name():
    """Every named address of the portal except Django admin's, as ``app:name``."""
    return sorted(set(_names(get_resolver().url_patterns)))


def _names(patterns, prefix=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace == "admin":
                continue
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from _names(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"


def documented():
    """``{name: {role: "GET/POST"}}`` as the document says."""
    text = DOCUMENT.read_text(encoding="utf-8").split(HEADING, 1)[1]
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|") and not re.match(r"^\|[-| ]+$", line)
    ]
    header, *body = rows
    return {row[0].strip("`"): dict(zip(header[1:], row[1:], strict=True)) for row in body}


def short(role):
    """The column's name: ``nurse A``, ``office B``, ``maker A`` …"""
    if "@" not in role:
        return role
    who, where = role.split("@")
    return {
        "hospital-a.example": f"{who} A",
        "hospital-b.example": f"{who} B",
        "maker-a.example": "company A",
        "maker-b.example": "company B",
    }.get(where, who)
