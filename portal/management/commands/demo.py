"""`manage.py demo`: load a demonstration summit."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.demo import border_security, synthetic
from portal.demo.accounts import ACCOUNTS, DOMAIN, PASSWORD
from portal.demo.batches import is_complete
from portal.demo.days import Act
from portal.demo.progress import Progress
from summit.core.validators import validate_free_slug
from summit.summits.models import Summit, slug_form

SIZES = ("delegations", "sessions", "people", "texts")


class Command(BaseCommand):
    """Loads the Border Security Summit of 2025. With another slug it loads a synthetic summit of any size.

    A summit that exists already isn't changed.
    """

    help = (
        "Load a demonstration: the Border Security Summit of 2025, or with --slug a synthetic summit of any size. "
        "What is there already is left as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options for the slug, the act, and the sizes of a synthetic summit."""
        parser.add_argument("--slug", default=border_security.SLUG, help="address of the summit")
        parser.add_argument(
            "--act",
            choices=list(Act),
            help="of the Border Security Summit: three weeks before it (ahead), or its first day at this hour (day)",
        )
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there is any summit")
        for name in SIZES:
            default = getattr(synthetic.Sizes(), name)
            parser.add_argument(f"--{name}", type=int, help=f"number of {name} of a synthetic summit ({default})")
        parser.add_argument("--seed", type=int, help="same seed, same data (1)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the summit, and print its contents and the demo accounts."""
        slug = options["slug"]
        if options["if_empty"] and Summit.objects.exists():
            self.stdout.write("There is a summit already: nothing was loaded.")
            if options["act"]:
                self.stdout.write(f"Another act needs a folder that isn't there yet, instead of {settings.VAR_DIR}.")
            return
        existing = Summit.objects.filter(slug=slug).first()
        if existing is not None:
            if not is_complete(existing):
                raise CommandError(
                    f"{slug} is there and closed to the public: its loading was ended, or a desk closed it. "
                    "Load another with --slug."
                )
            self.stdout.write(f"{slug} is there already: nothing was changed.")
            return
        summit, domain = self._load(slug, options)
        counts = border_security.counts(summit)
        contents = ", ".join([f"{counts.pop('parties')} delegations", *(f"{n} {name}" for name, n in counts.items())])
        self.stdout.write(self.style.SUCCESS(f"{slug} is loaded: {contents}."))
        self._accounts(domain)

    def _load(self, slug: str, options: dict[str, Any]) -> tuple[Summit, str]:
        size_options = {name: options[name] for name in (*SIZES, "seed") if options[name] is not None}
        if slug == border_security.SLUG:
            if size_options:
                raise CommandError("Sizes and seed are for a synthetic summit: give it another --slug.")
            return border_security.load(Act(options["act"] or Act.AHEAD)), DOMAIN
        if options["act"]:
            raise CommandError("Acts are those of the Border Security Summit: leave --slug or --act out.")
        try:
            slug_form(slug)
            validate_free_slug(slug)
            sizes = synthetic.Sizes(**size_options)
        except (ValidationError, ValueError) as problem:
            raise CommandError("\n".join(getattr(problem, "messages", [str(problem)]))) from problem
        progress = Progress(self.stdout, shown=self.stdout.isatty())
        return synthetic.load(slug=slug, sizes=sizes, progress=progress), synthetic.domain(slug)

    def _accounts(self, domain: str) -> None:
        if settings.PRODUCTION:
            self.stdout.write("No account has a password: in production none is set by this command.")
            return
        self.stdout.write(f"Accounts, each with the password {PASSWORD}:")
        for account in ACCOUNTS:
            self.stdout.write(f"  {account.box}@{domain}  {account.label}")
