"""Declares the personal data of single sign-on: links to accounts, in the library's model."""

from allauth.socialaccount.models import SocialAccount
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from summit.core.personal_data import DataSubject, ProcessingActivity, personal
from summit.privacy.registry import Portion, Subject, portion

LINKS = ProcessingActivity(
    subjects=DataSubject.ACCOUNTS,
    purpose=_("To know an account by its sign-in at an identity provider."),
    stays=_("Deleted when it is unlinked, or when the account is erased."),
    logged=False,
    model_name=_("sign-ins at identity providers"),
)
personal(SocialAccount._meta.get_field("uid"), LINKS, label=pgettext_lazy("identity provider", "subject"))
personal(SocialAccount._meta.get_field("extra_data"), LINKS, label=_("sign-in details"))


def _erase(subject: Subject) -> int:
    if subject.account is None:
        return 0
    return int(SocialAccount.objects.filter(user=subject.account).delete()[0])


portion(79)(
    Portion(
        name="linked_sign_ins",
        title=_("Sign-ins at identity providers"),
        model=SocialAccount,
        rows=lambda subject: SocialAccount.objects.filter(user__people=subject.person).order_by("pk"),
        erase=_erase,
        gone=_("Unlinked if the account has no role and no person at another summit."),
        columns=("provider", "uid", "date_joined", "last_login"),
    )
)
