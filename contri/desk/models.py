"""What the desk itself keeps."""

from django.db import models


class SignInTries(models.Model):
    """How often somebody lately tried to sign in to one account. The account's name is hashed."""

    subject = models.BinaryField(primary_key=True, max_length=32)
    began_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.count} tries since {self.began_at}"


class Desk(models.Model):
    """No table: permissions that belong to the desk as a whole."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("see_figures", "Can see the desk's figures"),
            ("export_rows", "Can export lists, personal data masked"),
            ("export_personal", "Can export lists with personal data"),
        ]

    def __str__(self) -> str:
        return "desk"
