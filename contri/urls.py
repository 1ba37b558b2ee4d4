"""Every address that Contri answers on."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.static import serve
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from contri.pages import ErrorCataloguePage, HomePage, InvitePage
from contri.probes import live, metrics, ready

urlpatterns: list[URLPattern | URLResolver] = [
    path("", HomePage.as_view(), name="home"),
    path("docs/errors", ErrorCataloguePage.as_view(), name="error-catalogue"),
    path("join/<str:invite_code>", InvitePage.as_view(), name="invite"),
    path("healthz/live", live, name="live"),
    path("healthz/ready", ready, name="ready"),
    path("metrics", metrics, name="metrics"),
    path("", include("accounts.urls")),
    path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}, name="media"),
    path("admin/", admin.site.urls),
    path("api/schema", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("api/v1/", include("accounts.api.urls")),
    path("api/v1/", include("notifications.api.urls")),
    path("api/v1/", include("wallets.api.urls")),
    path("api/v1/", include("circles.api.urls")),
    path("api/v1/", include("webhooks.api.urls")),
]
