"""`manage.py demo_story`: watch money go round a circle on the running server."""

from argparse import ArgumentParser
from contextlib import redirect_stderr
from datetime import date
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn

from contri.demo.client import UnexpectedAnswerError
from contri.demo.story import Story, StoryError


class Command(BaseCommand):
    """Plays the whole story against a running Contri and its sandbox, and audits the books at the end."""

    help = "Play a circle from sign-up to its last payout against the running server."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where the servers are; `make run`'s by default."""
        provider = urlsplit(settings.PAYSTACK_BASE_URL)
        sandbox = f"{provider.scheme}://{provider.netloc}"
        parser.add_argument("--base-url", default=settings.PUBLIC_BASE_URL, help="where Contri answers")
        parser.add_argument("--sandbox-url", default=sandbox, help="where the sandbox answers")

    def handle(self, *args: Any, **options: Any) -> None:
        """Tell the story step by step; stop at the first step that goes otherwise."""
        if settings.STAGE == "production":
            raise CommandError("The demo story makes up people and money: never in production.")
        story = Story(options["base_url"], options["sandbox_url"], turn_cycles=_run_cycles)
        console = Console(highlight=False)
        try:
            with story:
                _tell(story, console)
        except (StoryError, UnexpectedAnswerError, httpx.HTTPError) as error:
            raise CommandError(f"The story stops here: {error}") from error
        call_command("audit_ledger", stdout=self.stdout)


def _tell(story: Story, console: Console) -> None:
    steps = list(story.steps())
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=len(steps))
        for number, (title, act) in enumerate(steps, start=1):
            progress.update(task, description=title)
            outcome = act()
            progress.console.print(f"[bold green]✓[/] {number:>2}. [bold]{title}[/]\n      {outcome}", soft_wrap=True)
            progress.advance(task)


def _run_cycles(day: date) -> None:
    # Its own progress would draw over the story's.
    with redirect_stderr(StringIO()):
        call_command("run_cycles", f"--as-of={day.isoformat()}", stdout=StringIO())
