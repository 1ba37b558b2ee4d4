"""The admin site of Contri: Django's own, plus the door with its second factor and the pages across apps."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path

from contri.desk.door import has_second_factor
from contri.desk.sign_in import StaffLogInForm


class StaffDesk(AdminSite):
    """What `django.contrib.admin.site` is here."""

    site_header = site_title = "Contri staff desk"
    index_title = "What waits, and how things stand"
    enable_nav_sidebar = False

    login_form = StaffLogInForm

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff, with a second factor in this session. The door has asked the same before; views ask again."""
        return super().has_permission(request) and has_second_factor(request)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """On every page: which surroundings these are, so that nobody takes one for another."""
        return super().each_context(request) | {"stage": settings.STAGE}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The home page: what waits, and how things stand."""
        from contri.desk.home import home_context

        return super().index(request, home_context(request) | (extra_context or {}))

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Ours first: the admin ends with a route that catches everything."""
        from contri.desk import circle_health, money_trail, search, second_factor, security_keys

        own = [
            path("second-factor/", second_factor.give_code, name="second_factor"),
            path("second-factor/enrol/", second_factor.enrol, name="second_factor_enrol"),
            path("second-factor/codes/", self.admin_view(second_factor.renew_codes), name="second_factor_codes"),
            path("second-factor/key/", security_keys.use_key, name="second_factor_key"),
            path("second-factor/keys/", self.admin_view(security_keys.show_keys), name="security_keys"),
            path(
                "second-factor/keys/<int:key_id>/remove/",
                self.admin_view(security_keys.remove_key),
                name="security_key_remove",
            ),
            path("search/", self.admin_view(search.search_page), name="search"),
            path("money/<uuid:transaction_id>/", self.admin_view(money_trail.trail_page), name="money_trail"),
            path("circle/<uuid:circle_id>/health/", self.admin_view(circle_health.health_page), name="circle_health"),
        ]
        return [*own, *super().get_urls()]
