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
        # Those with something in them first.
        "queues": sorted(map(standing_of, queues_for(request.user)), key=lambda standing: not standing.count),
        "charts": [draw(at) for draw in figures],
    }
