from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.db.models.signals import post_migrate


class StaffAdminConfig(admin_apps.AdminConfig):
    """Django's admin, with the staff desk as its site. Stands in INSTALLED_APPS in the admin's own place."""

    default_site = "contri.desk.site.StaffDesk"
    default = False


class DeskConfig(AppConfig):
    """The staff desk."""

    name = "contri.desk"
    label = "desk"
    default = True

    def ready(self) -> None:
        """Keep the roles as they are written down, whatever empties the tables."""
        from contri.desk import leads, queues
        from contri.desk.roles import write_roles

        post_migrate.connect(write_roles, sender=self, dispatch_uid="desk.roles")
        leads.register()
        queues.register()
