"""API of a summit's policy for parties."""

from typing import Any, ClassVar

from django.http import Http404
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from delegations.core.api.fields import Values
from delegations.parties.models.policy import LETTER_TEXTS, Policy
from delegations.parties.services import policy
from summit.api_base import etags
from summit.api_base.authenticated_views import working_api
from summit.api_base.viewset_views import DetailView
from summit.api_base.viewsets import DeskViewSet
from summit.permissions.rules import summits_for
from summit.summits.models import Summit
from summit.users.models import User


class LetterTextsField(serializers.DictField):
    """Texts of letters, as a dict from language to a dict from the text's name to the text."""

    child = serializers.DictField(child=serializers.CharField())


class PolicySerializer(serializers.ModelSerializer[Policy]):
    """A summit's policy for its parties."""

    letter_words = LetterTextsField(
        required=False, help_text=f"In languages other than the summit's first: {', '.join(LETTER_TEXTS)}."
    )

    class Meta:
        model = Policy
        fields: ClassVar[list[str]] = list(policy.FIELDS)


class PolicyViewSet(DeskViewSet):
    """A summit's policy for its parties: flags, deadlines, letters and reminders."""

    name = "policy"
    verbose_name = _("delegation policy")
    permission = "delegations.policy"
    allowed_methods = ("change",)
    model = Policy
    serializer_class = PolicySerializer
    input_serializer_class = PolicySerializer
    ordering_fields: ClassVar[Any] = {}

    def change(self, *, by: User, row: Policy, values: Values) -> Policy:
        """Change the policy and return it."""
        return policy.change(by=by, summit=row.summit, values=values)

    @classmethod
    def paths(cls) -> list[URLPattern]:
        """Return the URL pattern of the policy. It has no id, because a summit has only one policy."""
        view = working_api(OnePolicy.as_view(viewset=cls(), scope=cls.name))
        return [path("summits/<slug:summit>/desk/policy/", view, name="api-desk-policy")]


class OnePolicy(DetailView):
    """The view of a summit's policy for its parties. Until the policy is changed, it has default values."""

    object_kind = "desk"
    http_method_names = ["get", "head", "patch"]

    def admit(self, request: Request) -> None:
        """Find the summit and its policy, and store them on the view.

        Raises Http404 if the user may not see the policy, and PermissionDenied if they may not change it.
        """
        visible_summits = summits_for(self.by, "delegations.policy.view")
        summits = Summit.objects.filter(slug=self.kwargs["summit"])
        summit = (summits if visible_summits is None else summits.filter(pk__in=visible_summits)).first()
        if summit is None:
            raise Http404
        self.summit, self.row = summit, Policy.objects.of(summit)
        self.check_may_write()

    def fresh(self, row: Any) -> Policy:
        """Return the policy as it is stored now."""
        return Policy.objects.of(row.summit)

    def _held(self) -> Policy:
        """Lock the summit and return its policy.

        Raises Problem if the policy isn't the version that the client read.
        """
        Summit.objects.select_for_update(no_key=True).get(pk=self.row.summit_id)
        row = self.fresh(self.row)
        etags.check_match(self.request, self.state(row))
        return row
