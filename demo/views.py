from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render

from demo.accounts import ACCOUNTS
from demo.mail import newest


@login_not_required
def mail(request):
    """The mails that the demo has sent, so that a visitor sees both ends."""
    address = request.GET.get("to", "")
    context = {
        "mails": newest(address),
        "address": address,
        "accounts": [email for email, _label in ACCOUNTS],
    }
    return render(request, "demo/mail.html", context)
