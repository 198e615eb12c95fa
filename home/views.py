from django.shortcuts import render

from core.todo import todos_for
from home.awaited import awaited
from home.panels import panels_for
from notifications.models import Message

TODOS = 5
NEWS = 5


def home(request):
    """At most four blocks: what waits for me, my one button, my own things, what is new."""
    todos = todos_for(request.user)
    context = {
        "todos": todos[:TODOS],
        "awaited": None if todos else awaited(request.user),
        "more": len(todos) - TODOS if len(todos) > TODOS else 0,
        "panels": panels_for(request.user),
        "news": Message.objects.inbox_of(request.user)[:NEWS],
    }
    return render(request, "home/home.html", context)
