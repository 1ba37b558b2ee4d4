"""Roles: the table in roles.py is what the groups say, and it forgets no page and no permission."""

import pytest
from django.apps import apps
from django.contrib.admin import site
from django.contrib.auth.models import Group, Permission

from contri.desk.roles import EVERYBODY, ROLES, SUPERUSERS_ONLY, write_roles

pytestmark = pytest.mark.django_db


def test_every_role_has_exactly_what_is_written_down():
    for role, names in ROLES.items():
        held = Group.objects.get(name=role).permissions.values_list("content_type__app_label", "codename")
        assert {f"{label}.{name}" for label, name in held} == set(names), role


def test_a_role_that_was_meddled_with_is_put_right_at_the_next_migration():
    support = Group.objects.get(name="support")
    support.permissions.set(Permission.objects.filter(codename="ban_user"))

    write_roles()

    assert support.permissions.count() == len(set(ROLES["support"]))


def test_makers_approve_nothing_and_checkers_ask_for_nothing():
    assert not [name for name in ROLES["finance maker"] if ".approve_" in name]
    assert not [name for name in ROLES["finance checker"] if ".ask_" in name]


def test_every_page_of_the_desk_is_open_to_the_roles():
    pages = {f"{model._meta.app_label}.view_{model._meta.model_name}" for model in site._registry}

    assert pages == {name for name in EVERYBODY if ".view_" in name}


def test_every_permission_that_we_made_is_given_to_a_role_or_kept_for_superusers():
    made = {
        f"{model._meta.app_label}.{codename}"
        for model in apps.get_models()
        for codename, _ in model._meta.permissions
        if not model.__module__.startswith(("django.", "allauth."))
    }
    given = {name for names in ROLES.values() for name in names}

    assert made - given == SUPERUSERS_ONLY
    assert given & SUPERUSERS_ONLY == set()


def test_every_name_in_the_table_is_a_permission():
    known = {f"{label}.{name}" for label, name in Permission.objects.values_list("content_type__app_label", "codename")}

    assert {name for names in ROLES.values() for name in names} - known == set()
