"""The yardstick of ``make bench``: a bare Django page on the same database.

A session, a person, one template, one indexed query of 50 rows; nothing of the product.
"""

import os

import django
import environ
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.template import Context, Template
from django.urls import path

settings.configure(
    SECRET_KEY=os.environ["SECRET_KEY"],
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={"default": environ.Env().db("DATABASE_URL")},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "taxonomy",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
)
django.setup()

from taxonomy.models import Term

PAGE = Template(
    "<!doctype html><title>bare</title><ul>{% for term in terms %}<li>{{ term }}</li>{% endfor %}</ul>"
)


def bare(request):
    """Read the session and draw 50 rows."""
    request.session.get("_auth_user_id")
    terms = Term.objects.filter(kind="device_kind").order_by("code")[:50]
    return HttpResponse(PAGE.render(Context({"terms": terms})))


urlpatterns = [path("bare/", bare)]
application = get_wsgi_application()
