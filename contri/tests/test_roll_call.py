"""Who may still be here is asked once for all, and only those hear of it who may not."""

import asyncio

import pytest
from django.db import OperationalError

from contri.core.roll_call import RollCall
from contri.tests.phones import scenario

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_tests_own_connection_stays_open")]


class Register:
    """Who may stay, and what was asked of it."""

    def __init__(self, *may_stay):
        self.may_stay = may_stay
        self.asked = []
        self.is_away = False

    def __call__(self, names):
        self.asked.append(sorted(names))
        if self.is_away:
            raise OperationalError
        return set(self.may_stay)

    async def is_asked(self, times):
        while len(self.asked) < times:
            await asyncio.sleep(0.01)
        # What follows from the answer follows in the loop's next turns.
        await asyncio.sleep(0.05)


@scenario
async def test_all_are_asked_for_at_once_and_the_absent_are_told():
    register, told, roll = Register("ada", "bola"), [], RollCall()
    entries = [(register, name, lambda name=name: told.append(name)) for name in ("ada", "bola", "chidi", "chidi")]
    for entry in entries:
        roll.enter(*entry)

    roll.call_soon()
    await register.is_asked(1)

    assert register.asked == [["ada", "bola", "chidi"]]
    assert told == ["chidi", "chidi"]
    for entry in entries:
        roll.leave(*entry)


@scenario
async def test_while_the_database_is_away_everybody_may_stay_and_is_asked_for_again():
    register, told, roll = Register(), [], RollCall()
    entry = (register, "ada", lambda: told.append("ada"))
    roll.enter(*entry)
    register.is_away = True

    roll.call_soon()
    await register.is_asked(1)
    assert told == []

    register.is_away = False
    roll.call_soon()
    await register.is_asked(2)
    assert told == ["ada"]
    roll.leave(*entry)


@scenario
async def test_who_has_left_is_not_asked_for():
    register, told, roll = Register(), [], RollCall()
    gone, here = [(register, name, lambda name=name: told.append(name)) for name in ("gone", "here")]
    roll.enter(*gone)
    roll.enter(*here)
    roll.leave(*gone)

    roll.call_soon()
    await register.is_asked(1)

    assert (register.asked, told) == ([["here"]], ["here"])
    roll.leave(*here)
