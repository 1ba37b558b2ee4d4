"""The home page: queues that wait for a person, and how things stand as pictures."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from contri.core.desk.queues import queues_for, standing_of
from contri.desk.figures import FIGURES


def home_context(request: HttpRequest) -> dict[str, Any]:
    """What this person may see of it."""
    at = timezone.now()
    figures = FIGURES if request.user.has_perm("desk.see_figures") else ()
    return {
        "queues": [standing_of(queue) for queue in queues_for(request.user)],
        "charts": [draw(at) for draw in figures],
    }
