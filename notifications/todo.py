from django.urls import reverse
from django.utils.translation import ngettext

from core.todo import Todo, source
from notifications.models import Message, MessageState


@source
def failed_mails(user):
    """An office should look at mails that did not arrive."""
    if not user.offices:
        return
    count = Message.objects.deliveries_for(user).filter(state=MessageState.FAILED).count()
    if count:
        label = ngettext(
            "届かなかったメール%(count)d件を確認する",
            "届かなかったメール%(count)d件を確認する",
            count,
        )
        url = reverse("notifications:deliveries") + f"?state={MessageState.FAILED}"
        yield Todo(label=label % {"count": count}, url=url)
