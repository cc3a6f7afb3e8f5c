"""Forms that report violated database constraints at their fields.

Constraints are checked for the row, then among the rows of one page. They are checked once more if somebody else has
saved a conflicting row meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.db.models import BaseConstraint, CheckConstraint, Q
from django.http import HttpRequest, HttpResponse

from summit.core.unique_errors import unique_ones


def names_in(condition: Q | None) -> Iterator[str]:
    """Yield the names of the fields in a condition, in their order and with repetitions."""
    child: Any
    for child in condition.children if condition is not None else ():
        if isinstance(child, Q):
            yield from names_in(child)
        else:
            yield str(child[0]).split("__")[0]


def holds(condition: Q | None, row: models.Model) -> bool:
    """Return whether a row fulfils a condition. Return True if the condition is None.

    Queries the database only for lookups other than equality and NULL.
    """
    if condition is None:
        return True
    results: list[bool] = []
    child: Any
    for child in condition.children:
        if isinstance(child, Q):
            results.append(holds(child, row))
            continue
        name, _sep, lookup = str(child[0]).partition("__")
        value = getattr(row, row._meta.get_field(name).attname)  # type: ignore[union-attr]
        if lookup not in ("", "exact", "isnull"):
            values = {column.name: getattr(row, column.attname) for column in row._meta.local_concrete_fields}
            return condition.check(values)
        results.append((value is None) is child[1] if lookup == "isnull" else value == child[1])
    result = any(results) if condition.connector == Q.OR else all(results)
    return result is not condition.negated


class SentencesForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form that reports violated constraints at its fields.

    Django skips a constraint if one of its fields isn't in the form. An example is a party's summit, which the page
    only shows. The database would then refuse the row without a message.
    """

    # The field that reports a constraint, by the constraint's name. The default is the last of its fields in the
    # form.
    said_at: ClassVar[dict[str, str]] = {}
    # The sentence for a violated constraint, by the constraint's name, if the constraint itself has none.
    sentences: ClassVar[dict[str, Any]] = {}

    def field_of(self, constraint: BaseConstraint) -> str | None:
        """Return the name of the field that reports a constraint, or None to report it at the head of the form."""
        named = [*names_in(getattr(constraint, "condition", None)), *getattr(constraint, "fields", ())]
        candidates = [self.said_at.get(constraint.name, ""), *reversed(named)]
        return next((name for name in candidates if name in self.fields), None)

    def _post_clean(self) -> None:
        # Django checks only the constraints with all their fields in the form, and reports them at the head of the
        # form. `validate_constraints` below checks them instead.
        self.instance.validate_constraints = lambda exclude=None: None
        try:
            super()._post_clean()  # type: ignore[misc]
        finally:
            del self.instance.validate_constraints
        self.validate_constraints()

    def validate_constraints(self) -> None:
        """Check each constraint of the model, and report a violation at a field."""
        left_out: set[str] = set(self._get_validation_exclusions())  # type: ignore[attr-defined]
        for _model, constraints in self.instance.get_constraints():
            for constraint in constraints:
                # A check is skipped if the form lacks one of its fields: such a field is often filled only when the
                # row is saved.
                skipped = left_out if isinstance(constraint, CheckConstraint) else left_out & set(self.fields)
                try:
                    constraint.validate(type(self.instance), self.instance, exclude=skipped)
                except ValidationError as refused:
                    said = self.sentences.get(constraint.name, refused.messages)
                    self.add_error(self.field_of(constraint), said)


def check_among(forms_of_rows: Iterable[Any], model: type[models.Model]) -> None:
    """Check the unique constraints of `model` among the rows of one page.

    If two rows would violate a constraint together, an error is added to the later one.
    """
    rows = [form for form in forms_of_rows if form.is_valid() and (form.instance.pk or form.has_changed())]
    for constraint in unique_ones(model):
        seen: set[tuple[Any, ...]] = set()
        for form in rows:
            columns = [model._meta.get_field(name).attname for name in constraint.fields]  # type: ignore[union-attr]
            key = tuple(getattr(form.instance, column) for column in columns)
            # The parent of the rows may be new and have no key yet. It is the same for all rows.
            parent_name = getattr(form, "parent_name", None)
            missing = [name for name, value in zip(constraint.fields, key, strict=True) if value is None]
            if any(name != parent_name for name in missing) or not holds(constraint.condition, form.instance):
                continue
            if key in seen:
                form.add_error(form.field_of(constraint), str(constraint.get_violation_error_message()))
            seen.add(key)


class AgainMixin:
    """Validates a form again if somebody else wrote a conflicting row between validation and saving.

    The form then reports the conflict. A row that still can't be saved raises the exception.
    """

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page of a row. If a POST raises IntegrityError or ValidationError, process it once more."""
        try:
            response: HttpResponse = super().changeform_view(request, *args, **kwargs)  # type: ignore[misc]
        except (IntegrityError, ValidationError):
            if request.method != "POST":
                raise
            for attribute in ("desk_rows", "desk_says"):
                request.__dict__.pop(attribute, None)
            response = super().changeform_view(request, *args, **kwargs)  # type: ignore[misc]
        return response
