"""The words of the scripts: one catalogue per language, of which each page carries what its script says.

A script finds words by their key, as in ``words("clock.soon")`` (`assets/words.js`); their facts stand in braces. Words
that count have a form for each plural, by the names of ``Intl.PluralRules``: the first number among the facts decides.
"""

from __future__ import annotations

import re
from functools import cache

import msgspec
from markupsafe import Markup

from impactlib.domain.session_file import TOO_LARGE
from impactlib.paths import SCRIPTS
from impactlib.views.render import translation

Words = str | dict[str, str]

_FACT = re.compile(r"%\((\w+)\)s")
_KEY = re.compile(r"(?<=[\"'`])[a-z]+\.[a-z_]+(?=[\"'`])")


@cache
def catalogue(lang: str) -> dict[str, Words]:
    """All that scripts say in a language, by key."""
    catalog = translation(lang)

    def _(text: str) -> str:
        return _FACT.sub(r"{\1}", catalog.gettext(text))

    def ngettext(one: str, other: str) -> Words:
        return {form: _FACT.sub(r"{\1}", catalog.ngettext(one, other, n)) for form, n in (("one", 1), ("other", 2))}

    return {
        "ballot.again": _("To look at again: %(number)s. What you do not change stays as it was."),
        "ballot.all": _("All is placed. You may change it until the scores are shown."),
        "ballot.before": _("before: %(number)s"),
        "ballot.fewer": _("A metric was withdrawn from this round."),
        "ballot.half": _("%(number)s to complete"),
        "ballot.mine": _("Yours: value %(value)s, ease %(ease)s"),
        "ballot.minutes": _("about %(m)s min"),
        "ballot.of": _("%(label)s: %(content)s"),
        "ballot.opened": _("A round of scores is open."),
        "ballot.placed": _("%(number)s of %(all)s placed"),
        "ballot.shown": _("The scores are shown."),
        "ballot.undo": _("To come back on an abstention, place the metric."),
        "chart.abstained": _("abstention"),
        "chart.apart": _("Points at one place stand side by side."),
        "chart.consultants": _("scores of the consultants"),
        "chart.ease": _("ease"),
        "chart.easy": _("easy, of little use"),
        "chart.first": _("to do first"),
        "chart.label": _("Value for users by ease of obtaining the data; the order below says the same."),
        "chart.later": _("to leave aside"),
        "chart.median": _("median of all"),
        "chart.mine": _("Where you place the metrics"),
        "chart.prepare": _("useful, to prepare"),
        "chart.team": _("scores of the team"),
        "chart.sure": _(
            "To the left of a point, a line goes as far as its ease is not sure: the less right the data, the longer."
        ),
        "chart.tray": _("To place"),
        "chart.unplaced": _("not placed yet"),
        "chart.value": _("value"),
        "compose.unkept": _("This browser keeps nothing: save the file before you leave."),
        "clock.at": _("at {h}"),
        "clock.before": _("not started"),
        "clock.calm": _("step"),
        "clock.day": _("on {day} at {h}"),
        "clock.days": _("{d} days"),
        "clock.due": _("was to start {when}"),
        "clock.ended": _("It is over"),
        "clock.free": ngettext("{m} of them ahead", "{m} of them ahead"),
        "clock.hour": _("hour: {m} min left"),
        "clock.hours": _("{h} h {m}"),
        "clock.in": _("in {time}"),
        "clock.label": _("Time left in the step"),
        "clock.last": _("time to conclude"),
        "clock.late": _("{time} late"),
        "clock.minutes": _("{m} min"),
        "clock.missing": ngettext("{m} min is missing", "{m} min are missing"),
        "clock.now": _("in a moment"),
        "clock.over": _("over time"),
        "clock.past": _("hour: over for {m} min"),
        "clock.paused": _("paused"),
        "clock.soon": _("the step ends soon"),
        "clock.starts": _("starts {when}"),
        "clock.step": _("step: {said}"),
        "clock.tomorrow": _("tomorrow at {h}"),
        "clock.until": _("until {h}"),
        "copied.failed": _("This browser does not let us copy. Select the text below, and copy it."),
        "copied.no_picture": _("The picture could not be copied: download it among the other files."),
        "copied.picture": _("The picture is copied: paste it into a message."),
        "copied.results": _("The results are copied: paste them into a mail."),
        "figures.kept": ngettext("%(number)s figure is kept.", "%(number)s figures are kept."),
        "figures.none": _("Write one figure at least."),
        "file.large": _(TOO_LARGE),
        "file.none": _("Choose a file first."),
        "file.wait": _("The file is being read…"),
        "http.failed": _("The server could not do this: try again."),
        "http.retry": _("The server does not answer: nothing is lost, try again in a moment."),
        "join.anyway": _("Enter under this name"),
        "join.retry": _("The server does not answer: your name is kept, try again in a moment."),
        "learn.nothing": _("(nothing written)"),
        "learn.question": _("What would you ask?"),
        "learn.recommendation": _("What would you recommend?"),
        "learn.room": _("The room’s"),
        "learn.yours": _("Yours"),
        "links.none": _("Nothing new: all of it was here already."),
        "links.some": _("Brought in: new entries:"),
        "links.two": _("Both had a text here. The later one stands: “%(stands)s”. The other one: “%(gave_way)s”"),
        "mirror.at": _("%(day)s, %(hour)s"),
        "mirror.begun": _("The copy is being made."),
        "mirror.cell": _(
            "The workshop of %(team)s, as a browser kept it (%(when)s). Drop this file on the home page of the kit."
        ),
        "mirror.erase": _("Erase this copy"),
        "mirror.here": _("Here is what this browser keeps of it"),
        "mirror.kept": _("A copy is kept in this browser, as of %(time)s."),
        "mirror.links": _(
            "Put back, it has new links, which are given to you next: the old ones open nothing any more."
        ),
        "mirror.none": _("This browser can keep no copy: it refuses to, or has no room left."),
        "mirror.of": _("%(team)s, as of %(when)s"),
        "mirror.refused": _(
            "Open that address in this browser, then come back here and press again; or save the file."
        ),
        "mirror.restore": _("Put the workshop back on this server"),
        "mirror.save": _("Save the file"),
        "page.advise_hypothesis": _("Advice on this hypothesis"),
        "page.advise_metric": _("Advice on this metric"),
        "page.answered": _(
            "Somebody has answered this meanwhile: pass on with “Later”. Copy your text first if you need it."
        ),
        "page.folded": _("Not the step under way: open it all the same"),
        "page.gather": _("Now press the recommendation that it repeats."),
        "page.picks": _("Chosen: %(number)s, five at most"),
        "page.tie": _("Now press what it is about: a hypothesis or a metric."),
        "replay.before": _("before the hour"),
        "replay.pause": _("Pause"),
        "replay.play": _("Play"),
        "replay.retry": _("The replay could not be fetched: reload the page in a moment."),
        "room.changed": _(
            "What you may do here has changed: this page opens anew in a moment. What you have typed is kept."
        ),
        "room.closed": _("This link opens nothing here any more: ask for the new one."),
        "room.gone": _(
            "This server does not know this workshop any more. What you wrote is kept on this device: once the "
            "workshop is back, whoever facilitates has a new link for you."
        ),
        "room.gone_here": _(
            "This server does not know this workshop any more; here is what this browser keeps of it. Put back, it has "
            "new links, which are given to you next: the old ones open nothing any more."
        ),
        "room.late": _(
            "The server takes long to keep what is written. What you write is kept on this device and will leave by "
            "itself."
        ),
        "room.offline": _("Connection lost. What you write is kept on this device and will leave by itself."),
        "room.pending": _("Waiting to be sent: "),
        "room.quoted": _("“%(text)s”"),
        "room.unkept": _(
            "Connection lost, and this browser has no room left: leave this page open. It alone has what you write, "
            "which will leave by itself."
        ),
        "saved.back": _("Not sent, your text is back in its place."),
        "saved.draft": _("Draft kept on this device"),
        "saved.heard": _("A rehearsal: nothing keeps this"),
        "saved.kept": _("Kept on this device"),
        "saved.saved": _("Saved"),
        "saved.unkept": _("Kept by this page alone"),
        "saved.sending": _("Sending…"),
        "screen.before": _("Soon"),
        "screen.calm": _("before the step ends"),
        "screen.closed": _("This screen is closed: open it again from the facilitator’s page."),
        "screen.end": _("the workshop ends at"),
        "screen.erased": _("This workshop was erased."),
        "screen.gone": _(
            "This server does not know this workshop any more. This screen comes back once it is here again."
        ),
        "screen.last": _("time to conclude"),
        "screen.lost": _("The connection is lost. This screen will go on by itself."),
        "screen.others": ngettext("and %(num)s other", "and %(num)s others"),
        "screen.over": _("over time"),
        "screen.paused": _("Paused"),
        "screen.soon": _("the step ends soon"),
        "screen.start": _("planned start"),
        "understand.done": _("Exercises done: %(number)s of %(all)s"),
        "unsent.empty": _("There is nothing to send yet: write a few words."),
        "share.looking": _("Looking for names…"),
        "share.making": _("The file is being made…"),
        "unsent.long": _("This text is too long (fewer than 20,000 characters are taken): shorten it."),
        "unsent.once": _("This step has only just begun. Press again if you want to pass over it too."),
        "workshops.none": _("No workshop has these words."),
    }


@cache
def words_of(lang: str, *scripts: str) -> dict[str, Words]:
    """What those scripts of pages say: the words whose keys stand in them, as they are built."""
    keys = set().union(*(_KEY.findall((SCRIPTS / f"{name}.js").read_text(encoding="utf-8")) for name in scripts))
    return {key: words for key, words in catalogue(lang).items() if key in keys}


def words_json(lang: str, *scripts: str) -> str:
    """The same as JSON that can stand within a page: nothing in it ends the element that holds it."""
    return msgspec.json.encode(words_of(lang, *scripts)).decode().replace("<", "\\u003c")


def words_element(lang: str, *scripts: str) -> Markup:
    """The element of a page in which its scripts find their words."""
    return Markup('<script type="application/json" id="words">{}</script>').format(Markup(words_json(lang, *scripts)))
