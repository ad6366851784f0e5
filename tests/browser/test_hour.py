"""The hour, lived by four people, one per role, each in a browser of their own."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Person
from tests.browser.hour import live_the_hour

pytestmark = pytest.mark.browser


def test_four_people_live_the_whole_agenda_and_leave_with_the_summary(four: dict[str, Person]) -> None:
    live_the_hour(four)
