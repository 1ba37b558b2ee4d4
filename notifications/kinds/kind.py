"""What there is to say about a kind of notice, and of mail."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models


class NoticeType(models.TextChoices):
    """What a notice asks of its reader."""

    ACTION_REQUIRED = "action_required"
    INFO = "info"
    SUCCESS = "success"


class Priority(models.TextChoices):
    """Whether a notice may wait for a quiet moment."""

    HIGH = "high"
    NORMAL = "normal"


class Topic(models.TextChoices):
    """What a notice is about; money and security always get through."""

    MONEY = "money"
    SECURITY = "security"
    CIRCLE = "circle"
    REMINDER = "reminder"


class Channel(models.TextChoices):
    """How a notice reaches a person beyond the list in the app."""

    PUSH = "push"
    EMAIL = "email"


ALWAYS_ON = frozenset({Topic.MONEY, Topic.SECURITY})


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One thing that a person can be told."""

    code: str
    title: str
    body: str
    type: NoticeType = NoticeType.INFO
    priority: Priority = Priority.NORMAL
    action_url: str = ""
    mails: bool = False
    topic: Topic = Topic.CIRCLE

    @property
    def can_be_switched_off(self) -> bool:
        """Whether a person may ask not to hear of it by push or mail."""
        return self.topic not in ALWAYS_ON


@dataclass(frozen=True, slots=True)
class MailKind:
    """One mail; `template` names the pair templates/mail/<template>.txt and .html."""

    code: str
    subject: str
    template: str


def filled(template: str, facts: Mapping[str, str]) -> str:
    """`template` with the facts put in.

    Raises:
        KeyError: the template wants a fact that was not given: a mistake of ours.
    """
    return template.format_map(facts)
