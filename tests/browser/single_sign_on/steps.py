"""What somebody does who signs in at an identity provider."""

from playwright.sync_api import Page, expect

from tools.running import Running

LINK = """
from allauth.socialaccount.models import SocialAccount
from summit.single_sign_on import links
from summit.single_sign_on.models import UnlinkedSignIn
from summit.users.models import User
root = User.objects.filter(is_superuser=True).first() or User.objects.create_superuser("root-sso@host.example")
row = links.waiting({code!r})
print(row.name)
links.link_waiting(account=User.objects.get(email={email!r}), row=row, by=root)
"""
REMOVE = """
from summit.single_sign_on.models import IdentityProvider
IdentityProvider.objects.filter(slug={slug!r}).delete()
"""


def choose(page: Page, name: str) -> None:
    """Choose a provider on the sign-in page."""
    page.goto("/accounts/login/")
    page.get_by_role("link", name=f"Sign in with {name}").click()


def sign_in_again(page: Page, slug: str) -> None:
    """Sign in once more at a provider, whether or not the browser is signed in here."""
    page.goto(f"/accounts/sso/{slug}/")


def enter(page: Page, user: str, where: str) -> None:
    """Type a name at a provider, and sign in there."""
    page.get_by_label("User").fill(user)
    page.get_by_role("button", name=f"Sign in at the {where}").click()


def link_by_code(demonstration: Running, page: Page, email: str) -> str:
    """Let an organiser link the sign-in whose code the page shows, and return the name that they see."""
    expect(page.get_by_role("heading", name="Your sign-in is not linked yet")).to_be_visible()
    code = page.locator("output").inner_text()
    return demonstration.inside(LINK.format(code=code, email=email)).strip()


def signed_in(page: Page) -> bool:
    """Return whether the browser is signed in: whether the page of its browsers opens."""
    page.goto("/accounts/sessions/")
    return "/accounts/login/" not in page.url


def arrive_signed_out(page: Page) -> None:
    """Wait until the browser has been at the provider and is back, signed out at both ends."""
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    # The page has the same heading before and after; before, it leads to the provider.
    expect(page.get_by_role("link", name="Sign out of")).to_have_count(0)
