"""What every form asks whose texts more people will read: correct it, or say why it may stay."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from needs.clearance import clear, open_findings, reasons_in


class ClearanceMixin:
    """A form that holds back what looks like personal information; put it before the form class.

    ``need`` is the need that the texts belong to. ``checked`` maps the form's fields to the names
    under which a reason is kept: the column of the need, or a name of its own for other texts.
    A page that draws its fields with ``ui/fields.html`` has the boxes for the reasons below them;
    whatever was typed there stays. After saving, ``keep_reasons`` records them.
    """

    need = None
    checked = {}
    below_fields = "needs/form_reasons.html"
    # Everything that was found, with the reasons that were typed.
    open_findings = ()

    def clean(self):
        cleaned = super().clean()
        self.hold_back(cleaned)
        return cleaned

    def hold_back(self, cleaned):
        """Ask about each finding that has no reason yet, beside its text."""
        found = self.look(self.texts(cleaned))
        typed = self.typed_reasons(found)
        self.open_findings = [each._replace(reason=typed.get(each.key, "")) for each in found]
        fields = {kept: name for name, kept in self.checked.items()}
        for each in self.open_findings:
            if not each.reason:
                message = _(
                    "「%(label)s」の「%(words)s」は、個人情報かもしれません。"
                    "書き換えるか、下の欄に理由を書いてください"
                )
                params = {"label": each.label, "words": each.finding.text}
                name = fields.get(each.finding.field, each.finding.field)
                error = ValidationError(message, code="personal", params=params)
                self.add_error(name if name in self.fields else None, error)

    def texts(self, cleaned):
        """What is looked at: name under which a reason is kept → text."""
        return {kept: cleaned[name] for name, kept in self.checked.items() if name in cleaned}

    def look(self, texts):
        """What stands in these texts and was not cleared for this need before."""
        labels = {
            kept: str(self.fields[name].label)
            for name, kept in self.checked.items()
            if name in self.fields
        }
        return open_findings(self.need, texts, labels)

    def typed_reasons(self, found):
        """The reasons that came with the form, by key."""
        return reasons_in(self.data, found)

    def keep_reasons(self, need, *, by, told_on=None):
        """Record the reasons of a valid form, in the transaction that saves its texts."""
        for each in self.open_findings:
            if each.reason:
                clear(need, each, reason=each.reason, by=by, told_on=told_on)


class ClearedTransition(ClearanceMixin):
    """The same for the question of a transition."""

    @property
    def need(self):
        """The need that is being moved."""
        return self.obj

    def performed(self):
        """The reasons are kept together with the move."""
        super().performed()
        self.keep_reasons(self.obj, by=self.by)
