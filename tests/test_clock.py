"""The hour's time: what each step is granted, who pays for an overrun, and what a pause moves."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given, strategies as st

from impactlib.domain import clock as time
from impactlib.domain.agenda import Agenda, Step
from impactlib.domain.agenda_files import load
from impactlib.domain.clock import (
    Clock,
    asked,
    can_keep_end,
    end,
    ends_at,
    enter,
    forecast,
    keep_end,
    pause,
    remaining,
    replan,
    resume,
    schedule,
    shares,
    slack,
    took,
    whole_minutes,
)

HOUR = load("atelier-impact")
START = 2_000_000_000.0
MIN = 60.0


def at(minute: float) -> float:
    """That minute of the hour, on the journal's clock."""
    return START + minute * MIN


def minutes(seconds: dict[str, float]) -> dict[str, float]:
    return {step: round(value / MIN, 6) for step, value in seconds.items()}


def started(scheduled: float | None = None) -> Clock:
    return enter(Clock(scheduled=scheduled), HOUR, "tour", at(0))


# The planned course -------------------------------------------------------------------------------


def test_before_the_hour_every_step_has_its_planned_minutes() -> None:
    assert minutes(forecast(Clock(), HOUR, at(0))) == {
        "tour": 10,
        "problem": 10,
        "questions": 10,
        "recommendations": 25,
        "learnings": 5,
    }


def test_at_the_planned_pace_each_step_gets_its_minutes_and_the_hour_ends_on_time() -> None:
    clock, minute = Clock(), 0.0
    for step in HOUR.steps:
        clock = enter(clock, HOUR, step.id, at(minute))
        assert clock.granted == pytest.approx(step.seconds)
        assert remaining(clock, at(minute + 1)) == pytest.approx(step.seconds - MIN)
        minute += step.minutes
    assert time.ends_at(clock, at(minute)) == at(60)
    assert minutes(took(time.end(clock, at(60)), at(75))) == {s.id: s.minutes for s in HOUR.steps}


def test_the_time_left_turns_negative_once_the_step_overruns() -> None:
    assert remaining(started(), at(12)) == -2 * MIN


# Overruns -----------------------------------------------------------------------------------------


def test_an_overrun_is_taken_from_the_steps_that_remain_in_proportion_the_closing_one_spared() -> None:
    # 9 minutes over: 45 planned minutes remain before the closing step, so each gives a fifth of its own.
    clock = enter(started(), HOUR, "problem", at(19))
    assert minutes(shares(clock, HOUR, "problem", at(19))) == {
        "problem": 8,
        "questions": 8,
        "recommendations": 20,
        "learnings": 5,
    }
    assert clock.granted == 8 * MIN
    assert clock.ends == at(60)


def test_an_overrun_that_is_still_running_is_already_seen_on_the_steps_to_come() -> None:
    assert minutes(forecast(started(), HOUR, at(19))) == {
        "problem": 8,
        "questions": 8,
        "recommendations": 20,
        "learnings": 5,
    }


def test_the_closing_step_gives_only_what_the_others_cannot() -> None:
    late = shares(started(), HOUR, "recommendations", at(57))
    assert minutes(late) == {"recommendations": 0, "learnings": 3}
    assert minutes(shares(started(), HOUR, "learnings", at(57))) == {"learnings": 3}


def test_past_the_end_there_is_nothing_left_to_share() -> None:
    assert minutes(shares(started(), HOUR, "recommendations", at(61))) == {"recommendations": 0, "learnings": 0}


def test_going_on_early_takes_nothing_from_anybody_and_leaves_slack_for_later() -> None:
    clock = enter(started(), HOUR, "problem", at(6))
    assert clock.granted == 10 * MIN
    # Four minutes were saved, so an overrun of four costs nothing.
    assert minutes(shares(clock, HOUR, "questions", at(20))) == {"questions": 10, "recommendations": 25, "learnings": 5}


# Pauses -------------------------------------------------------------------------------------------


def test_a_pause_stops_the_countdown_and_moves_the_end_by_as_much() -> None:
    paused = pause(started(), at(4))
    assert remaining(paused, at(9)) == 6 * MIN
    assert time.ends_at(paused, at(9)) == at(65)
    again = resume(paused, at(9))
    assert remaining(again, at(9)) == 6 * MIN
    assert time.ends_at(again, at(30)) == at(65)
    assert minutes(took(again, at(15))) == {"tour": 10}


def test_during_a_pause_the_steps_to_come_count_on_the_same_minutes_as_before_it() -> None:
    clock = enter(started(), HOUR, "problem", at(19))
    before = minutes(forecast(clock, HOUR, at(20)))
    assert before == {"questions": 8, "recommendations": 20, "learnings": 5}
    assert minutes(forecast(pause(clock, at(20)), HOUR, at(40))) == before


def test_starting_the_next_step_ends_a_pause() -> None:
    clock = enter(pause(started(), at(5)), HOUR, "problem", at(12))
    assert clock.running
    assert (clock.granted, clock.ends) == (10 * MIN, at(67))


def test_pausing_twice_or_resuming_what_runs_changes_nothing() -> None:
    paused = pause(started(), at(4))
    assert pause(paused, at(6)) == paused
    assert resume(started(), at(4)) == started()
    assert pause(Clock(), at(0)) == Clock()


# A minute more, and back --------------------------------------------------------------------------


def test_a_minute_more_is_had_now_and_paid_by_the_steps_that_remain() -> None:
    clock = time.add(started(), HOUR, MIN)
    assert remaining(clock, at(10)) == MIN
    assert clock.ends == at(60)
    assert minutes(shares(clock, HOUR, "problem", at(11)))["learnings"] == 5
    assert sum(shares(clock, HOUR, "problem", at(11)).values()) == pytest.approx(49 * MIN)


def test_a_minute_more_for_the_closing_step_comes_after_the_planned_end() -> None:
    clock = time.add(enter(started(), HOUR, "learnings", at(55)), HOUR, MIN)
    assert (remaining(clock, at(55)), clock.ends) == (6 * MIN, at(61))


def test_a_minute_more_before_the_hour_is_nobodys() -> None:
    assert time.add(Clock(), HOUR, MIN) == Clock()


def test_going_back_takes_up_the_countdown_where_it_stood() -> None:
    clock = enter(started(), HOUR, "problem", at(6))
    clock = enter(clock, HOUR, "tour", at(8))
    assert remaining(clock, at(8)) == 4 * MIN
    clock = enter(clock, HOUR, "problem", at(9))
    assert remaining(clock, at(9)) == 8 * MIN
    assert minutes(took(clock, at(10))) == {"tour": 7, "problem": 3}


def test_a_step_whose_time_was_used_up_comes_back_at_zero() -> None:
    clock = enter(enter(started(), HOUR, "problem", at(12)), HOUR, "tour", at(13))
    assert remaining(clock, at(13)) == 0


def test_a_minute_added_before_is_still_there_when_one_comes_back() -> None:
    clock = enter(time.add(started(), HOUR, MIN), HOUR, "problem", at(4))
    clock = enter(clock, HOUR, "tour", at(4))
    assert remaining(clock, at(4)) == pytest.approx(7 * MIN, rel=0.05)
    assert clock.added == {"tour": MIN}


# A late start -------------------------------------------------------------------------------------


def test_a_late_start_slides_the_end_unless_one_asks_to_keep_it() -> None:
    clock = started(scheduled=at(-9))
    assert (clock.late, clock.ends, clock.granted) == (9 * MIN, at(60), 10 * MIN)


def test_keeping_the_end_shrinks_every_step_but_the_closing_one() -> None:
    clock = time.keep_end(started(scheduled=at(-11)), HOUR, True, at(0))
    assert clock.ends == at(49)
    assert minutes({"tour": clock.granted} | forecast(clock, HOUR, at(0))) == {
        "tour": 8,
        "problem": 8,
        "questions": 8,
        "recommendations": 20,
        "learnings": 5,
    }


def test_the_end_may_be_kept_late_in_a_step_and_what_it_ran_stays_run() -> None:
    clock = time.keep_end(started(scheduled=at(-10)), HOUR, True, at(5))
    # 5 of the tour and 45 of the others remain for 40 minutes: each gives a fifth.
    assert remaining(clock, at(5)) == pytest.approx(4 * MIN)
    assert minutes(took(clock, at(5))) == {"tour": 5}


def test_a_clock_that_slides_again_gives_back_the_minutes_taken() -> None:
    late = started(scheduled=at(-9))
    back = time.keep_end(time.keep_end(late, HOUR, True, at(2)), HOUR, False, at(3))
    assert (back.ends, back.kept) == (late.ends, False)
    assert back.granted == pytest.approx(late.granted)


def test_asking_twice_or_before_the_hour_changes_nothing() -> None:
    kept = time.keep_end(started(scheduled=at(-9)), HOUR, True, at(1))
    assert time.keep_end(kept, HOUR, True, at(2)) == kept
    assert time.keep_end(Clock(scheduled=at(-9)), HOUR, True, at(0)) == Clock(scheduled=at(-9))


def test_an_early_start_is_not_late_and_keeps_sixty_minutes() -> None:
    early = started(scheduled=at(5))
    assert early.late == 0
    assert time.keep_end(early, HOUR, True, at(0)).ends == at(60)


# The end, and after it ----------------------------------------------------------------------------


def test_an_ended_hour_runs_no_time_and_forecasts_no_step() -> None:
    ended = time.end(started(), at(4))
    assert not ended.running
    assert minutes(took(ended, at(50))) == {"tour": 4}
    assert forecast(ended, HOUR, at(50)) == {}


def test_a_step_opened_again_after_the_end_counts_its_own_time_and_not_the_break() -> None:
    ended = time.end(enter(started(), HOUR, "learnings", at(55)), at(58))
    again = enter(ended, HOUR, "learnings", at(59))
    assert again.running and again.ended is None
    assert minutes(took(again, at(60))) == {"tour": 55, "learnings": 4}
    assert minutes(took(time.end(again, at(61)), at(90))) == {"tour": 55, "learnings": 5}


def test_ending_in_a_pause_counts_what_had_run() -> None:
    assert minutes(took(time.end(pause(started(), at(4)), at(9)), at(9))) == {"tour": 4}


# What holds whatever happens ----------------------------------------------------------------------


@st.composite
def agendas(draw: st.DrawFn) -> Agenda:
    lengths = draw(st.lists(st.floats(0.5, 60), min_size=1, max_size=7))
    steps = tuple(Step(f"s{i}", {}, length, ()) for i, length in enumerate(lengths))
    return Agenda("any", {}, steps)


@st.composite
def lived(draw: st.DrawFn) -> tuple[Agenda, Clock, float]:
    """An agenda, its clock after any course of presses, and the time it is then."""
    agenda, now = draw(agendas()), START
    clock = enter(Clock(scheduled=now - draw(st.sampled_from([0, 300, 7200]))), agenda, "s0", now)
    presses = st.tuples(st.sampled_from(["enter", "pause", "resume", "add", "keep", "end"]), st.floats(0, 1500))
    for press, wait in draw(st.lists(presses, max_size=12)):
        now += wait
        match press:
            case "enter":
                clock = enter(clock, agenda, draw(st.sampled_from(agenda.steps)).id, now)
            case "pause":
                clock = pause(clock, now)
            case "resume":
                clock = resume(clock, now)
            case "add":
                clock = time.add(clock, agenda, MIN)
            case "keep":
                clock = time.keep_end(clock, agenda, not clock.kept, now)
            case "end":
                clock = time.end(clock, now)
    return agenda, clock, now


def needs(clock: Clock, agenda: Agenda, step: str, now: float) -> dict[str, float]:
    used = took(clock, now)
    ahead = agenda.steps[agenda.index(step) :]
    return {s.id: max(0.0, s.seconds + clock.added.get(s.id, 0.0) - used.get(s.id, 0.0)) for s in ahead}


@given(lived(), st.data())
def test_each_share_is_between_zero_and_the_need_of_its_step(
    hour: tuple[Agenda, Clock, float], data: st.DataObject
) -> None:
    agenda, clock, now = hour
    step = data.draw(st.sampled_from(agenda.steps)).id
    granted, needed = shares(clock, agenda, step, now), needs(clock, agenda, step, now)
    assert granted.keys() == needed.keys()
    assert all(-1e-6 <= granted[id] <= needed[id] + 1e-6 for id in granted)


@given(lived(), st.data())
def test_the_shares_fill_the_time_there_is_and_no_more(hour: tuple[Agenda, Clock, float], data: st.DataObject) -> None:
    agenda, clock, now = hour
    step = data.draw(st.sampled_from(agenda.steps)).id
    needed = sum(needs(clock, agenda, step, now).values())
    there_is = max(0.0, time.ends_at(clock, now) - now)
    assert sum(shares(clock, agenda, step, now).values()) == pytest.approx(min(needed, there_is), abs=1e-3)


@given(lived(), st.data())
def test_the_closing_step_is_untouched_while_another_has_anything_left(
    hour: tuple[Agenda, Clock, float], data: st.DataObject
) -> None:
    agenda, clock, now = hour
    step = data.draw(st.sampled_from(agenda.steps)).id
    closing = agenda.steps[-1].id
    granted = shares(clock, agenda, step, now)
    if any(seconds > 1e-3 for id, seconds in granted.items() if id != closing):
        assert granted[closing] == needs(clock, agenda, step, now)[closing]


@given(agendas())
def test_at_the_planned_pace_nothing_shrinks(agenda: Agenda) -> None:
    clock, now = Clock(), START
    for step in agenda.steps:
        clock = enter(clock, agenda, step.id, now)
        assert clock.granted == pytest.approx(step.seconds, abs=1e-3)
        now += step.seconds


@given(lived(), st.floats(0, 5000))
def test_a_pause_costs_no_step_a_second(hour: tuple[Agenda, Clock, float], wait: float) -> None:
    agenda, clock, now = hour
    assume(clock.running)
    paused = pause(clock, now)
    for then in (now, now + wait):
        assert forecast(paused, agenda, then) == pytest.approx(forecast(clock, agenda, now), abs=1e-3)
    assert remaining(paused, now + wait) == pytest.approx(remaining(clock, now), abs=1e-3)


@given(lived(), st.floats(0, 5000))
def test_the_minutes_taken_are_those_that_ran(hour: tuple[Agenda, Clock, float], wait: float) -> None:
    _, clock, now = hour
    ran = sum(took(clock, now + wait).values()) - sum(took(clock, now).values())
    assert ran == pytest.approx(wait if clock.running else 0.0, abs=1e-3)
    ended = time.end(replace(clock), now + wait)
    assert took(ended, now + 2 * wait) == took(clock, now + wait)


def test_opened_again_after_the_end_the_hour_takes_up_where_it_stopped() -> None:
    agenda = load("atelier-impact")
    clock = Clock()
    at = 1000.0
    for step in agenda.steps:
        clock = enter(clock, agenda, step.id, at)
        at += step.seconds if step.id != "learnings" else 120
    ended = end(clock, at)
    again = enter(ended, agenda, "learnings", at + 3600)
    assert remaining(again, at + 3600) == 180
    assert ends_at(again, at + 3600) == at + 3600 + 180


def test_keeping_the_end_leaves_a_running_overrun_as_it_is() -> None:
    agenda = load("atelier-impact")
    clock = enter(Clock(scheduled=0.0), agenda, "tour", 300.0)
    late = keep_end(clock, agenda, True, 300.0 + 660)
    assert remaining(late, 300.0 + 660) == -60


# The agenda changed within the hour -----------------------------------------------------------------


def test_a_shorter_step_frees_its_minutes_and_a_longer_one_takes_them() -> None:
    shorter = HOUR.changed("questions", minutes=5)
    assert slack(started(), shorter, at(0)) == 5 * MIN
    assert minutes(forecast(started(), shorter, at(0))) == {
        "problem": 10,
        "questions": 5,
        "recommendations": 25,
        "learnings": 5,
    }
    longer = shorter.changed("problem", minutes=18)
    assert slack(started(), longer, at(0)) == -3 * MIN
    assert forecast(started(), longer, at(0))["learnings"] == 5 * MIN


def test_a_hidden_step_is_granted_nothing_and_what_it_had_is_free() -> None:
    hidden = HOUR.changed("questions", hidden=True)
    assert hidden.seconds == 50 * MIN
    assert slack(started(), hidden, at(0)) == 10 * MIN
    assert "questions" not in forecast(started(), hidden, at(0))
    assert ends_at(enter(Clock(), hidden, "tour", at(0)), at(0)) == at(50)
    assert hidden.before("recommendations") == HOUR.step("problem")


def test_the_current_step_never_gains_what_the_closing_one_has() -> None:
    clock = enter(enter(Clock(), HOUR, "tour", at(0)), HOUR, "recommendations", at(30))
    longer = replan(clock, HOUR, HOUR.changed("recommendations", minutes=40), at(30))
    assert remaining(longer, at(30)) == 25 * MIN
    shorter = replan(clock, HOUR, HOUR.changed("recommendations", minutes=20), at(30))
    assert remaining(shorter, at(30)) == 20 * MIN
    assert slack(shorter, HOUR, at(30)) == 5 * MIN


@given(
    changes=st.lists(
        st.tuples(st.sampled_from([step.id for step in HOUR.steps[:-1]]), st.integers(1, 240) | st.booleans()),
        max_size=8,
    ),
    minute=st.integers(0, 25),
    entered=st.sampled_from(["tour", "problem", "questions"]),
)
def test_every_minute_before_the_end_is_granted_or_said_to_be_free_and_the_closing_step_keeps_its_own(
    changes: list[tuple[str, int | bool]], minute: int, entered: str
) -> None:
    agenda, clock, now = HOUR, enter(started(), HOUR, entered, at(minute)), at(minute)
    for step, change in changes:
        hides = isinstance(change, bool)
        if hides and step == entered:
            continue
        changed = agenda.changed(step, hidden=bool(change)) if hides else agenda.changed(step, minutes=change)
        clock, agenda = replan(clock, agenda, changed, now), changed
    ahead, left = forecast(clock, agenda, now), max(0.0, remaining(clock, now))
    free = max(0.0, slack(clock, agenda, now))
    assert left + sum(ahead.values()) + free == pytest.approx(ends_at(clock, now) - now)
    assert ahead["learnings"] == pytest.approx(5 * MIN)
    assert ends_at(clock, now) == at(60)


# What is said of the step and of the hour ------------------------------------------------------------


@given(lived(), st.floats(0, 5000))
def test_what_is_left_of_the_hour_is_what_the_steps_ask_for_and_what_is_free(
    hour: tuple[Agenda, Clock, float], wait: float
) -> None:
    agenda, clock, now = hour
    assume(clock.ended is None)
    then = now + wait
    parts = max(0.0, remaining(clock, then)) + asked(clock, agenda) + slack(clock, agenda, then)
    assert ends_at(clock, then) - then == pytest.approx(parts, abs=1e-3)


@given(lived(), st.floats(0, 5000))
def test_what_the_later_steps_ask_for_does_not_change_while_a_step_lasts(
    hour: tuple[Agenda, Clock, float], wait: float
) -> None:
    agenda, clock, now = hour
    assume(clock.ended is None)
    steps = {step.id: step for step in agenda.ahead(clock.step or "")[1:]}
    needed = needs(clock, agenda, clock.step or "", now + wait)
    assert asked(clock, agenda) == pytest.approx(sum(needed[id] for id in steps), abs=1e-3)


@given(st.floats(-1e6, 1e6))
def test_whole_minutes_are_never_more_than_there_are(seconds: float) -> None:
    whole = whole_minutes(seconds)
    assert abs(whole) * 60 <= abs(seconds) + 0.5
    assert abs(seconds) - abs(whole) * 60 <= 60.5
    assert whole == -whole_minutes(-seconds)


@given(lived())
def test_the_free_minutes_are_never_more_than_those_of_the_hour(hour: tuple[Agenda, Clock, float]) -> None:
    agenda, clock, now = hour
    assume(clock.ended is None)
    assert whole_minutes(slack(clock, agenda, now)) <= max(0, whole_minutes(ends_at(clock, now) - now))


# Another start ---------------------------------------------------------------------------------------


def test_a_start_that_moves_is_counted_and_one_that_stays_is_not() -> None:
    moved = schedule(schedule(Clock(scheduled=at(0)), at(30)), at(30))
    assert (moved.scheduled, moved.moved) == (at(30), 1)
    assert schedule(moved, at(0)).moved == 2


def test_the_start_of_an_hour_that_has_begun_stays() -> None:
    assert schedule(started(scheduled=at(-5)), at(30)) == started(scheduled=at(-5))


@given(agendas(), st.floats(0, 2e5))
def test_however_late_an_hour_starts_each_step_keeps_its_planned_minutes(agenda: Agenda, late: float) -> None:
    clock = enter(Clock(scheduled=START - late), agenda, "s0", START)
    granted = {"s0": clock.granted} | forecast(clock, agenda, START)
    assert granted == pytest.approx({step.id: step.seconds for step in agenda.steps}, abs=1e-3)
    assert clock.ends == pytest.approx(START + agenda.seconds)


@given(lived())
def test_an_end_that_can_be_kept_leaves_no_step_without_a_minute(hour: tuple[Agenda, Clock, float]) -> None:
    agenda, clock, now = hour
    assume(can_keep_end(clock, agenda, now))
    had = shares(clock, agenda, clock.step or "", now)
    left = shares(keep_end(clock, agenda, True, now), agenda, clock.step or "", now)
    assert all(left[id] >= min(60.0, seconds) - 1e-3 for id, seconds in had.items())


def test_the_end_can_be_kept_after_ten_minutes_and_not_after_fifty_five() -> None:
    assert can_keep_end(started(scheduled=at(-10)), HOUR, at(0))
    assert not can_keep_end(started(scheduled=at(-55)), HOUR, at(0))
    assert not can_keep_end(Clock(scheduled=at(-10)), HOUR, at(0))
