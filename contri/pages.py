"""The few pages outside of the API and the admin."""

from typing import Any

from django.views.generic import TemplateView

from contri.core.api.catalogue import error_catalogue


class HomePage(TemplateView):
    """Says what this is and where to go."""

    template_name = "home.html"


class InvitePage(TemplateView):
    """Where an invite link leads on a phone without the app. Says nothing about the circle: a link may have leaked."""

    template_name = "invite.html"


class ErrorCataloguePage(TemplateView):
    """Every error code, where the `type` of each problem body points."""

    template_name = "errors.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The catalogue beside Django's own context."""
        return super().get_context_data(catalogue=error_catalogue(), **kwargs)
