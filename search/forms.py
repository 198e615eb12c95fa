"""What the office writes into the glossary."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.fields import LongTextField
from core.forms import VersionedModelForm
from search.models import Synonym
from search.synonyms import spelling

AT_LEAST = 2


class SynonymForm(VersionedModelForm):
    """One group of words. Each must be a word of its own for the search, and in one group only."""

    words = LongTextField(
        label=gettext_lazy("同じ意味のことば"),
        max_length=500,
        help_text=gettext_lazy(
            "1行に1つ、2つ以上。例: 褥瘡と床ずれ。ひらがなとカタカナ、全角と半角、送り仮名のちがいは、書かなくても見つかります。"
        ),
    )

    class Meta:
        model = Synonym
        fields = ["words", "note"]

    def clean_words(self):
        """Its lines without empty ones. Says which words clash, with each other or elsewhere."""
        lines = [" ".join(line.split()) for line in self.cleaned_data["words"].splitlines()]
        lines = [line for line in lines if line]
        problems = [*_within(lines), *self._elsewhere(lines)]
        if not problems and len(lines) < AT_LEAST:
            problems = [_("「同じ意味のことば」は、1行に1つずつ、2つ以上を入力してください")]
        if problems:
            raise forms.ValidationError(problems)
        return "\n".join(lines)

    def _elsewhere(self, lines):
        groups = Synonym.objects.exclude(pk=self.instance.pk).order_by("pk")
        known = {spelling(each): group for group in groups for each in group.words.splitlines()}
        return [
            _("「%(word)s」は、すでに「%(group)s」にあります")
            % {"word": line, "group": known[spelling(line)]}
            for line in lines
            if spelling(line) in known
        ]


def _within(lines):
    """Lines that say nothing, and those that the search reads as the same word anyway."""
    seen = {}
    for line in lines:
        if not spelling(line):
            yield _("「%(word)s」には、検索に使えることばがありません") % {"word": line}
        elif spelling(line) in seen:
            words = {"one": seen[spelling(line)], "other": line}
            yield (
                _("「%(one)s」と「%(other)s」は、検索では同じことばです。片方を消してください")
                % words
            )
        seen.setdefault(spelling(line), line)
