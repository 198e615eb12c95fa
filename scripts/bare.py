"""The yardstick of ``make bench``: a bare Django page on the same database.

What ``startproject`` gives (its middleware, a session, a signed-in person), one template and one
indexed query of 50 rows with three cells each; nothing of the product but its tables.
"""

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.template import Context, Template
from django.urls import path

from ikou_portal import settings as portal

BARE = {
    "MIDDLEWARE": [
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        "allauth.account.middleware.AccountMiddleware",  # allauth insists
    ],
    "ROOT_URLCONF": __name__,
}
settings.configure(**{name: getattr(portal, name) for name in dir(portal) if name.isupper()} | BARE)
django.setup()

from needs.models import Need

PAGE = Template(
    "<!doctype html><title>{{ user.name }}</title><table>{% for need in needs %}"
    "<tr><td>{{ need.number }}</td><td>{{ need.title }}</td><td>{{ need.updated_at }}</td></tr>"
    "{% endfor %}</table>"
)


def bare(request):
    """Who is it, and 50 rows."""
    hospital = request.user.memberships.values("organisation")[:1]
    needs = Need.objects.filter(hospital=hospital, number__isnull=False)
    rows = needs.only("number", "title", "updated_at").order_by("-updated_at", "-pk")[:50]
    return HttpResponse(PAGE.render(Context({"needs": rows, "user": request.user})))


urlpatterns = [path("bare/", bare)]
application = get_wsgi_application()
