"""Smile ID's paths, below /smileid/v1."""

from django.urls import path

from contri.sandbox.doors import by_method
from contri.sandbox.smileid import views

urlpatterns = [
    path("async_id_verification", by_method(POST=views.async_id_verification)),
    path("id_verification", by_method(POST=views.id_verification)),
    path("job_status", by_method(POST=views.job_status)),
]
