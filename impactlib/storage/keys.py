"""Who may come in: the operator's key, a key for each role of a workshop, for its screen and its calendar, one for each
browser; and a key for the calendar of each coach.

Nothing but one secret is stored, with the workshops. The keys derive from it (HMAC-SHA-256), so a
link can be shown again at any time; renewing a role's link raises its generation, and the key before
is worth nothing. A person is known by a hash of the key that their browser made, and of those of the
browsers that they came back by; it is what the journal holds, and the key cannot be had back from it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping

from impactlib.domain.agenda import Role
from impactlib.domain.text import plain
from impactlib.storage.journal import Journal, JournalError
from impactlib.storage.store import COACHES, OPERATOR, PROGRAMME
from impactlib.storage.stores import Data, store_of

_KEY_BYTES = 15
GUESTS = (Role.CLIENT, Role.CONSULTANT, Role.OBSERVER)
"""The roles among which a workshop's code lets people choose."""
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 6


def secret(data: Data) -> bytes:
    """The secret of a store, made on first use. Raises JournalError where it is damaged."""
    return store_of(data).secret()


def operator_key(data: Data) -> str:
    """The key that opens workshops on this server."""
    generation = _operator_generation(data)
    return _derive(secret(data), "operator", *([str(generation)] if generation else []))


def renew_operator(data: Data) -> None:
    """Make the operator's key worthless; the links of the workshops stay what they are."""
    store_of(data).say(OPERATOR, str(_operator_generation(data) + 1))


def _operator_generation(data: Data) -> int:
    store = store_of(data)
    try:
        return int(store.said(OPERATOR) or 0)
    except ValueError:
        # An emptied file would bring an older key back.
        raise JournalError(
            f"{store}/{OPERATOR} is damaged: it says how often the operator's key was renewed. Write a higher number "
            "than that into it."
        ) from None


def role_key(data: Data, journal: Journal, role: Role) -> str:
    """The key of a role's link, at its present generation."""
    return _derive(secret(data), journal.session, role, str(journal.generation(role)))


def code(data: Data, journal: Journal) -> str:
    """The short code of a workshop, which is said aloud: another one once a guest's link was renewed.

    Its 30 bits are few: whoever takes codes from people limits their tries.
    """
    generations = (str(journal.generation(role)) for role in GUESTS)
    number = int.from_bytes(_digest(secret(data), journal.session, "code", *generations))
    return "".join(_LETTERS[number // len(_LETTERS) ** place % len(_LETTERS)] for place in range(_CODE_LENGTH))


def read_code(said: str) -> str:
    """A code as it was typed, in the letters that `code` makes it of.

    Examples
    --------
    >>> read_code(" 4f7k-2q ")
    '4F7K2Q'
    """
    return "".join(letter for letter in said.upper() if letter.isalnum())


def screen_key(data: Data, journal: Journal) -> str:
    """The key of the room's screen, which opens nothing else. A new link for observers makes a new one."""
    return _derive(secret(data), journal.session, "screen", str(journal.generation(Role.OBSERVER)))


def file_key(data: Data) -> bytes:
    """The key that signs the entries of session notebooks: that of the data folder, whatever links are renewed."""
    return _digest(secret(data), "session notebook")


CALENDAR = "calendar"
"""What is renewed, beside the links of the roles."""


def calendar_key(data: Data, journal: Journal) -> str:
    """The key of the calendar that is subscribed to, which opens nothing else."""
    return _derive(secret(data), journal.session, CALENDAR, str(journal.generation(CALENDAR)))


def calendar_link(base: str, session: str, key: str) -> str:
    """The address of the calendar that is subscribed to."""
    return f"{base.rstrip('/')}/calendar/{session}-{key}.ics"


_COACH = "_coach"
"""Stands where a session does in what coaches' keys derive from: none has such an id."""
_ID_LENGTH = 12


def coach_ids(data: Data, names: Iterable[str]) -> dict[str, str]:
    """What stands for each coach in an address: their name cannot be had back from it."""
    key = secret(data)
    return {name: _derive(key, _COACH, plain(name))[:_ID_LENGTH] for name in names}


def coach_key(data: Data, coach: str) -> str:
    """The key of the calendar of all the teams of a coach (an id of `coach_ids`), which opens nothing else."""
    return _derive(secret(data), _COACH, CALENDAR, coach, str(coach_generations(data).get(coach, 0)))


def renew_coach(data: Data, coach: str) -> None:
    """Make the address of a coach's calendar worthless; those of the others stay what they are."""
    generations = coach_generations(data)
    generations[coach] = generations.get(coach, 0) + 1
    say_coach_generations(data, generations)


def coach_generations(data: Data) -> dict[str, int]:
    """How often the address of each coach's calendar was renewed. Raises JournalError where that is damaged."""
    store = store_of(data)
    try:
        lines = (line.split() for line in store.said(COACHES).splitlines())
        return {coach: int(number) for coach, number in lines}
    except ValueError:
        # An emptied file would bring older addresses back.
        raise JournalError(
            f"{store}/{COACHES} is damaged: it says how often the addresses of coaches' calendars were renewed, a "
            "coach and a number on each line. Put the one of a backup back."
        ) from None


def say_coach_generations(data: Data, generations: Mapping[str, int]) -> None:
    """Have these numbers from now on."""
    store_of(data).say(COACHES, "\n".join(f"{coach} {number}" for coach, number in generations.items()))


def coach_link(base: str, coach: str, key: str) -> str:
    """The address of the calendar of all the teams of a coach."""
    return f"{base.rstrip('/')}/calendar/coach/{coach}-{key}.ics"


def asking_key(data: Data, asked: str) -> str:
    """The key of the page of somebody who asked to come, where they withdraw."""
    return _derive(secret(data), PROGRAMME, "asked", asked)


def drawn_key(data: Data, drawn: str) -> str:
    """What proves that a form was drawn here: `drawn` says which, and when."""
    return _derive(secret(data), PROGRAMME, "drawn", drawn)


def renewed(data: Data, journal: Journal, key: str) -> bool:
    """Whether a key was that of a link of this workshop, of its screen or its calendar, before it was renewed."""
    known = ((name, name) for name in (*(role.value for role in Role), CALENDAR))
    return any(
        same(key, _derive(secret(data), journal.session, name, str(generation)))
        for name, of in (*known, ("screen", Role.OBSERVER.value))
        for generation in range(journal.generation(of))
    )


def person_id(session: str, key: str) -> str:
    """Who a browser's key stands for in a session."""
    return hashlib.sha256(f"{session}\n{key}".encode()).hexdigest()[:16]


def same(one: str, other: str) -> bool:
    """Compare two keys in a time that says nothing of where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def link(base: str, session: str, role: Role, key: str) -> str:
    """The address to give to the people of a role."""
    return f"{base.rstrip('/')}/room/{session}/{role}?key={key}"


def links(data: Data, journal: Journal, base: str) -> dict[str, str]:
    """The four addresses of a workshop, by role."""
    return {role.value: link(base, journal.session, role, role_key(data, journal, role)) for role in Role}


def _derive(key: bytes, *parts: str) -> str:
    return base64.b32encode(_digest(key, *parts)[:_KEY_BYTES]).decode().lower()


def _digest(key: bytes, *parts: str) -> bytes:
    return hmac.new(key, "\n".join(parts).encode(), hashlib.sha256).digest()
