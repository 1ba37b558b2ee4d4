"""Who else may sign somebody in. The links themselves are allauth's `SocialAccount`."""

from django.db import models


class SocialProvider(models.TextChoices):
    """Who vouches."""

    GOOGLE = "google"
    APPLE = "apple"
