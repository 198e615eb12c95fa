"""Telling people that a comment waits for them; never what it says."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from needs.enums import CommentAudience
from needs.models import Comment
from needs.notifications import AboutNeed, sample_need
from notifications.kinds import registry


@registry.register
@dataclass(frozen=True, kw_only=True)
class CommentWritten(AboutNeed):
    """Tell those who are named, and for a word to the proposer those who wrote the need."""

    slug = "needs.comment_written"
    label = _("コメントが届いたとき")
    permission = "needs.view_need"

    comment: Comment
    readers: tuple[User, ...]

    def recipients(self):
        return self.readers

    def url(self):
        return f"{self.need.get_absolute_url()}#comments"

    @classmethod
    def sample(cls):
        need = sample_need()
        author = User(pk=3, email="office@example.jp", name="支援 花子")
        comment = Comment(need=need, author=author, audience=CommentAudience.PROPOSER, text="…")
        return cls(need=need, comment=comment, readers=(need.proposer,))
