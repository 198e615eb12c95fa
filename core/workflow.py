"""State changes as a table of named functions.

An app declares one ``Flow`` per stateful model. Each decorated function is one
row: where it may start, where it ends, who may press the button, what else happens.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol

from django.core.exceptions import PermissionDenied
from django.db import models, transaction

from core.forms import TransitionForm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from django_stubs_ext import StrOrPromise

# What each recorded action is called on a timeline: "needs.need.submit" → 「提出した」.
action_labels: dict[str, StrOrPromise] = {}


class Effect(Protocol):
    """The body of a transition: what happens besides the change of state."""

    __name__: str

    def __call__(self, obj: Any, /, *args: Any, **details: Any) -> None: ...


class WrongStateError(Exception):
    """The object moved on (or was never there) before this transition ran."""


def lock(*objects: models.Model) -> None:
    """Reload under a row lock, so that what we check is what we change.

    Several of one model are locked in the order of their keys: two transactions that want the
    same ones never wait for each other.

    Rows that merely point at this one may still be added meanwhile: a stronger lock would let two
    transactions that both point at it, and then both want it, wait for each other for ever.
    """
    for obj in sorted(objects, key=lambda each: each.pk):
        rows = type(obj)._base_manager.select_for_update(no_key=True)
        obj.refresh_from_db(from_queryset=rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One row of a flow; templates draw buttons from it."""

    name: str
    label: StrOrPromise
    source: frozenset[str]
    target: str
    permission: str
    form: type[TransitionForm]
    run: Callable[..., None]
    button: bool
    danger: bool
    note: StrOrPromise
    also: tuple[str, ...]

    def lock(self, obj: models.Model, details: dict[str, Any]) -> None:
        """``obj`` and the other objects that it changes."""
        lock(obj, *(details[name] for name in self.also))

    @property
    def asks(self) -> bool:
        """Whether pressing the button first opens a page (a form, or a note to confirm)."""
        return bool(self.form.base_fields) or bool(self.note)


class Flow:
    """The table of transitions of one model.

    ``label`` is the model's lower-case label ("needs.need"); ``record`` writes the
    timeline entry and is called as ``record(obj, name, by=…, before=…, **details)``.
    """

    def __init__(self, label: str, *, record: Callable[..., object], field: str = "state") -> None:
        self.label = label
        self.field = field
        self.record = record
        self._transitions: dict[str, Transition] = {}

    def __iter__(self) -> Iterator[Transition]:
        return iter(self._transitions.values())

    def __getitem__(self, name: str) -> Transition:
        return self._transitions[name]

    def __contains__(self, name: str) -> bool:
        return name in self._transitions

    def transition(  # noqa: PLR0913 -- the columns of the table
        self,
        *,
        source: str | Iterable[str],
        target: str,
        permission: str,
        label: StrOrPromise,
        done: StrOrPromise = "",
        form: type[TransitionForm] = TransitionForm,
        button: bool = True,
        danger: bool = False,
        note: StrOrPromise = "",
        also: tuple[str, ...] = (),
    ) -> Callable[[Effect], Callable[..., None]]:
        """Add a row. ``label`` is the button; ``done`` says the same on a timeline.

        The decorated function becomes atomic, locked, checked, saved and recorded.
        ``button=False`` keeps it off the pages (another action calls it); ``danger`` draws it
        red; ``note`` is a sentence shown on a page to confirm (who will see or receive what);
        ``also`` names the details that are objects of the same model and change with it.
        Raises WrongStateError when the object is not in ``source`` at that moment.
        """
        sources = frozenset([source] if isinstance(source, str) else source)

        def register(effect: Effect) -> Callable[..., None]:
            name = effect.__name__

            @wraps(effect)
            def run(obj: models.Model, /, *, by: Any, **details: Any) -> None:
                with transaction.atomic():
                    row.lock(obj, details)
                    before = getattr(obj, self.field)
                    if before not in sources:
                        msg = f"cannot {name} from {before}"
                        raise WrongStateError(msg)
                    setattr(obj, self.field, target)
                    effect(obj, by=by, **details)
                    obj.save()
                    self.record(obj, name, by=by, before=before, **details)

            action_labels[f"{self.label}.{name}"] = done or label
            row = self._transitions[name] = Transition(
                name=name,
                label=label,
                source=sources,
                target=target,
                permission=permission,
                form=form,
                run=run,
                button=button,
                danger=danger,
                note=note,
                also=also,
            )
            return run

        return register

    def open_to(self, user: Any, obj: models.Model) -> list[Transition]:
        """The buttons this user sees on this object."""
        state = getattr(obj, self.field)
        return [
            row
            for row in self
            if row.button and state in row.source and user.has_perm(row.permission, obj)
        ]

    def perform(self, name: str, obj: models.Model, /, *, by: Any, **details: Any) -> None:
        """Check permission, then run. The door for views; tasks call the function itself.

        Raises KeyError for an unknown name, PermissionDenied, or WrongStateError.
        """
        row = self[name]
        with transaction.atomic():
            row.lock(obj, details)
            if not by.has_perm(row.permission, obj):
                raise PermissionDenied
            row.run(obj, by=by, **details)
