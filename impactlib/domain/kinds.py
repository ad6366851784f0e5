"""The kinds of notes, one row each: who writes them, their details, their words, their places in the files. Pure.

A kind that is one more row here is written, checked, worded, summed up and shared without another change:
only the card that shows it in a pane is a template of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from impactlib.domain.agenda import Role
from impactlib.domain.text import N_

AROUND_THE_TABLE = frozenset({Role.FACILITATOR, Role.CLIENT, Role.CONSULTANT})
TEAM = frozenset({Role.FACILITATOR, Role.CLIENT})
"""The facilitator writes everywhere: on a shared screen one note-taker is enough."""

_SECONDERS = AROUND_THE_TABLE - {Role.FACILITATOR}
ANY = "*"
"""The key, in `Detail.told`, of the words for every value that has none of its own."""


class Form(StrEnum):
    """How the value of a detail is read."""

    TEXT = "text"
    """Words, or one of the detail's choices."""
    NUMBER = "number"
    CHANGE = "change"
    """By how much a figure goes up or down: a number with its sign, in the unit of the metric."""
    DATE = "date"
    PERSON = "person"
    """Somebody's name: it is replaced in a session that is shared."""
    INDICATOR = "indicator"
    """The id of an indicator of the impact matrix."""


class Place(StrEnum):
    """Where a kind stands in the summary, among the parts that are lists of notes."""

    FIRST = "first"
    """Before the metrics kept and the actions."""
    GROUND = "ground"
    """After the preparation, before the questions."""
    VOICES = "voices"
    """After the questions, before the hypotheses."""
    LAST = "last"
    """After the recommendations, before the inventory of data."""


@dataclass(frozen=True)
class Detail:
    """Something that is said of a note beside its text.

    `label` names it and `told` words it in the timeline by its value, both to translate: one of the two is
    given. `choices` are its only values, if it has any. A note is not born with a detail that comes `later`:
    it is checked against the notes that stand. One that is the `teams_own` is set by the team, on whoever's note.
    One that is `never_shared` stays out of a session that is shared.
    `needed` is the refusal of a note that does not say it, "" where it may stay unsaid.
    """

    name: str
    label: str = ""
    choices: tuple[str, ...] = ()
    form: Form = Form.TEXT
    later: bool = False
    teams_own: bool = False
    never_shared: bool = False
    needed: str = ""
    told: Mapping[str, str] = field(default_factory=dict)

    def words(self, value: str) -> str:
        """The timeline's words for that value, or "" when they are those of every detail."""
        return self.told.get(value) or self.told.get(ANY, "")


@dataclass(frozen=True)
class Kind:
    """One kind of note.

    Parameters
    ----------
    says
        What its author does, in the timeline's words.
    about
        The kinds that it may be about; `alone` refuses it when it is about none, "" where it may stand alone.
    spoken
        It may be written down by somebody else than the person who says it.
    at_most, full
        How many stand at once (0 is no limit), and the refusal of one more.
    line, blank, moved
        Its text is one line; its text may be empty; the facilitator changes its order.
    seconders
        The roles that may say "me too" of what somebody else wrote.
    never_shared
        It stays out of a session that is shared.
    published
        It may stand on a public page: no e-mail address is taken in it.
    goes_on
        It is the product's rather than the hour's: a session that follows takes it along.
    title, place
        The title of its part of the summary, and where that part stands; "" for a kind that the summary
        tells in a part of its own making, or inside another.
    state, last
        The key of session.json that holds its notes, with a dot for a key inside another, "" when other
        notes hold them; `last` says that the key holds the last one that stands and no list.
    """

    name: str
    writers: frozenset[Role] = frozenset()
    says: str = N_("writes a note")
    details: tuple[Detail, ...] = ()
    about: tuple[str, ...] = ()
    alone: str = ""
    spoken: bool = False
    at_most: int = 0
    full: str = ""
    line: bool = False
    blank: bool = False
    moved: bool = False
    seconders: frozenset[Role] = frozenset()
    never_shared: bool = False
    published: bool = False
    goes_on: bool = False
    title: str = ""
    place: Place = Place.LAST
    state: str = ""
    last: bool = False

    @property
    def together(self) -> bool:
        """Whether the team writes it together: each member may change and withdraw what another wrote."""
        return self.writers == TEAM

    def detail(self, name: str) -> Detail | None:
        """The detail of that name, if this kind has it."""
        return next((detail for detail in self.details if detail.name == name), None)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Every sentence of the row, to translate."""
        own = (self.says, self.alone, self.full, self.title)
        of_details = (words for one in self.details for words in (one.label, one.needed, *one.told.values()))
        return tuple(words for words in (*own, *of_details) if words)


def row(name: str) -> Kind:
    """The row of a kind; for one that only a newer kit knows, a row that nobody writes."""
    return KINDS.get(name) or Kind(name)


def writers(name: str) -> frozenset[Role]:
    """The roles that write a kind of note."""
    return row(name).writers


def detail(name: str) -> Detail:
    """The detail of that name, whatever the kind; without a label for one that only a newer kit knows."""
    found = (found for kind in KINDS.values() if (found := kind.detail(name)))
    return next(found, Detail(name))


def names(details: Iterable[Detail], form: Form | None = None) -> tuple[str, ...]:
    """The names of details, or of those of one form."""
    return tuple(detail.name for detail in details if form in (None, detail.form))


# Details -------------------------------------------------------------------------------------------

_OWNER = Detail("owner", N_("Owner"), form=Form.PERSON)
_QUALITY = Detail("quality", N_("Quality"), choices=("10", "50", "90"))

STATEMENT = (
    Detail("concept", N_("Concept"), choices=("usable", "used", "useful", "impactful", "efficient")),
    # In the gesture `write`, the field of that name is the note's own kind.
    Detail(
        "kind",
        N_("Kind of impact"),
        choices=("strategic", "satisfaction", "ecological", "political", "social"),
        later=True,
    ),
    Detail("objective", N_("Objective")),
    Detail("stands_for", N_("Stands for")),
)
"""The details of a hypothesis; `stands_for` is the strategic change that its metric is a proxy of."""

INDICATOR = Detail("indicator", N_("indicator of the impact matrix"), form=Form.INDICATOR)
"""The detail of a metric that says which indicator it fulfils."""

DEFINITION = (
    Detail("unit", N_("Unit")),
    Detail("numerator", N_("Numerator")),
    Detail("denominator", N_("Denominator")),
    Detail("population", N_("Population")),
    Detail("period", N_("Period")),
    Detail("direction", N_("Direction"), choices=("more", "less")),
    Detail("source", N_("Source")),
    Detail("collection", N_("Collection")),
    _OWNER,
    _QUALITY,
    Detail("baseline", N_("Baseline"), form=Form.NUMBER),
    Detail("baseline_date", N_("Baseline date"), form=Form.DATE),
    Detail("target", N_("Target"), form=Form.NUMBER),
    Detail("target_date", N_("Target date"), form=Form.DATE),
    Detail("limits", N_("Limits")),
)
"""The details that define a metric and say where it stands."""

MEASURED = (INDICATOR, *DEFINITION)
"""The details of a metric that a row of a table holds."""

DECISION = (
    Detail("threshold", N_("Threshold")),
    Detail("decide_on", N_("Decided on"), form=Form.DATE),
    Detail("decider", N_("Who decides"), form=Form.PERSON),
    Detail("if_missed", N_("If it is missed"), choices=("continue", "pivot", "stop")),
)
"""The details of a metric that make its decision, written before the figure is known."""

CHOICE = (
    Detail(
        "north_star",
        choices=("yes",),
        later=True,
        told={"": N_("names no North Star any more"), ANY: N_("names the North Star")},
    ),
    Detail("brings", N_("Value brought")),
    Detail("key_step", N_("Key step")),
    Detail("potential", N_("Maximum potential")),
    Detail("milestones", N_("Milestones")),
    *DECISION,
)
"""The details of a metric that the team keeps; the way to a North Star goes from the value brought by the key step."""

PLAN = (
    Detail("logged", N_("What is logged or asked")),
    Detail("scale", N_("Scale of the question")),
    Detail("sample", N_("How many answers")),
    Detail("tool", N_("With which tool")),
    Detail("measurer", N_("Who measures"), form=Form.PERSON),
    Detail("first_on", N_("First measured on"), form=Form.DATE),
)
"""The details of a metric that say how it is measured."""

RECIPE = Detail("recipe", N_("Recipe"), later=True, never_shared=True)
"""How an export of a tool gives the figures of a metric, as `impactlib.domain.recipes` keeps it."""

AARRI = Detail(
    "aarri",
    N_("Step of the AARRI table"),
    choices=("acquisition", "activation", "retention", "recommendation", "impact"),
    later=True,
)
"""The detail of a metric that says which step of the AARRI table it is of."""

READING = (
    Detail("figure", N_("Figure"), form=Form.NUMBER, needed=N_("Write a figure.")),
    Detail("as_of", N_("As it stood on"), form=Form.DATE, needed=N_("Say the day or the month of this figure.")),
    Detail("over", N_("Over"), choices=("day", "week", "month", "quarter", "semester", "year")),
    _QUALITY,
    Detail("source", N_("Source")),
)
"""The details of a reading: a figure of a metric at a date; of a flow, over the period that ends on that date."""

FORECAST = (
    *(one for one in READING if one.name in ("figure", "as_of")),
    Detail("said_on", N_("Forecast on"), form=Form.DATE, later=True),
)
"""The details of a forecast: a figure of a metric for a month, whose last day stands for it; `said_on` is for one that
comes from the session before."""

FEATURE = (
    Detail("expected", N_("By how much the figure should move"), form=Form.CHANGE),
    Detail("delivered_on", N_("Delivered on"), form=Form.DATE),
    Detail("look_on", N_("When we look"), form=Form.DATE),
    Detail("meanwhile", N_("What else changed meanwhile")),
    Detail("first_expected", N_("What was expected at first"), form=Form.CHANGE, later=True),
)
"""The details of a feature: the change expected of its metric, then what stands beside the figures; what was expected
at first stays where that was changed."""

PROMISE = (
    Detail("state", N_("Where it stands"), choices=("done", "under_way", "late", "dropped")),
    Detail("word", N_("A few words on it")),
)
"""The details that say what became of a promise."""

VERDICT = (
    Detail(
        "course",
        N_("Verdict"),
        choices=("continue", "pivot", "stop"),
        needed=N_("Choose: go on, pivot or stop. Your text is kept."),
    ),
    Detail("evidence", N_("Evidence")),
)
"""The details of a verdict beside its reason."""

ENDING = (
    Detail("why", N_("Why we stop")),
    Detail("advice", N_("What we would tell whoever begins again")),
)
"""The details of a post-mortem beside what was learnt."""

PROBLEMS = ("define", "aim", "data", "use", "grows", "proxy", "cost", "points", "choose", "leak", "publish", "fund")
"""The kinds of problem that a team may say that it had: needs of the kit's shelf, whose words they have."""

EXPERIENCE = (
    Detail("measured_now", N_("What you measure now")),
    Detail("next_team", N_("What you would say to the next team")),
    Detail("theme", N_("Theme")),
    Detail("had_problem", N_("Kind of problem"), choices=PROBLEMS),
    Detail("in_library", N_("In the library"), choices=("yes",), never_shared=True),
)
"""The details of a return of experience beside what was changed; it is public where it is `in_library`."""

_ADVICE = (
    Detail(
        "status",
        choices=("kept", "adapted", "aside"),
        later=True,
        teams_own=True,
        told={
            "kept": N_("keeps a recommendation"),
            "adapted": N_("adapts a recommendation"),
            "aside": N_("sets a recommendation aside"),
            ANY: N_("takes its mark off a recommendation"),
        },
    ),
    Detail("reason", N_("Reason"), later=True, teams_own=True),
    Detail(
        "same_as",
        later=True,
        told={
            "": N_("takes a recommendation out of its group"),
            ANY: N_("groups a recommendation with another"),
        },
    ),
)

# Kinds ---------------------------------------------------------------------------------------------

_ROWS = (
    Kind(
        "product",
        TEAM,
        N_("presents the product"),
        details=(Detail("administration", N_("Administration")),),
        goes_on=True,
        state="preparation.product",
    ),
    Kind(
        "objective",
        TEAM,
        N_("states an objective"),
        details=(Detail("reach", N_("Reached by your product"), choices=("direct", "indirect")),),
        goes_on=True,
        state="preparation.objectives",
    ),
    # The change sought.
    Kind(
        "change",
        TEAM,
        N_("says what should change"),
        details=(Detail("proxy", N_("Until then, we follow")),),
        goes_on=True,
        state="preparation.change",
    ),
    # One of the inventory of data. `access`: we have the data, a field is missing, a partner has them.
    Kind(
        "source",
        TEAM,
        N_("describes a source of data"),
        details=(
            Detail("where", N_("Where they are")),
            _OWNER,
            Detail("every", N_("Renewed")),
            _QUALITY,
            Detail("personal", N_("Personal data"), choices=("yes", "no")),
            Detail("access", N_("Access"), choices=("ours", "missing", "partner")),
        ),
        goes_on=True,
        state="preparation.sources",
    ),
    Kind(
        "problem",
        TEAM,
        N_("tells the problem"),
        goes_on=True,
        title=N_("The problem"),
        place=Place.GROUND,
        state="problem",
    ),
    # The public of the product.
    Kind(
        "audience",
        TEAM,
        N_("says for whom"),
        goes_on=True,
        title=N_("For whom"),
        place=Place.GROUND,
        state="problem",
    ),
    # The team's of the hour; `expectation` is a person's (tour de table).
    Kind(
        "goal",
        TEAM,
        N_("says what the hour should bring"),
        title=N_("What the team expects"),
        place=Place.GROUND,
        state="expectations",
    ),
    Kind(
        "expectation",
        AROUND_THE_TABLE,
        N_("says what they expect"),
        title=N_("What each person expected"),
        place=Place.GROUND,
        state="expectations",
    ),
    Kind("contract", TEAM, N_("words the request"), state="contract", last=True),
    Kind("question", AROUND_THE_TABLE, N_("asks a question"), spoken=True, seconders=_SECONDERS, state="questions"),
    # Said aloud, it may be noted down or not.
    Kind(
        "answer",
        AROUND_THE_TABLE,
        N_("answers"),
        about=("question",),
        alone=N_("Choose the question that this answers. Your text is kept."),
        spoken=True,
        blank=True,
    ),
    Kind(
        "testimony",
        AROUND_THE_TABLE,
        N_("testifies"),
        spoken=True,
        title=N_("Testimonies"),
        place=Place.VOICES,
        state="testimonies",
    ),
    Kind(
        "recommendation",
        AROUND_THE_TABLE,
        N_("recommends"),
        details=_ADVICE,
        about=("hypothesis", "metric"),
        spoken=True,
        seconders=_SECONDERS,
        state="recommendations",
    ),
    Kind(
        "hypothesis",
        TEAM,
        N_("states a hypothesis"),
        details=STATEMENT,
        moved=True,
        goes_on=True,
        state="hypotheses",
    ),
    Kind(
        "metric",
        TEAM,
        N_("names a metric"),
        details=(
            INDICATOR,
            *DEFINITION,
            *CHOICE,
            *PLAN,
            RECIPE,
            AARRI,
        ),
        about=("hypothesis",),
        line=True,
        moved=True,
        goes_on=True,
        state="metrics",
    ),
    # A figure of a metric after its baseline, which it leaves as it is.
    Kind(
        "reading",
        TEAM,
        N_("gives a figure"),
        details=READING,
        about=("metric",),
        alone=N_("Choose the metric that this figure is of. Your figure is kept."),
        blank=True,
        goes_on=True,
    ),
    # What is hoped of a metric for a month. It stays as it was: another one for the same month corrects it.
    Kind(
        "forecast",
        TEAM,
        N_("forecasts a figure"),
        details=FORECAST,
        about=("metric",),
        alone=N_("Choose the metric that this forecast is of. Your figure is kept."),
        blank=True,
        goes_on=True,
        state="forecasts",
    ),
    # What the team delivers; the metric that it is about is the one that it should move.
    Kind(
        "feature",
        TEAM,
        N_("says what is delivered"),
        details=FEATURE,
        about=("metric",),
        goes_on=True,
        state="features",
    ),
    # Its text is the reason.
    Kind(
        "verdict",
        TEAM,
        N_("gives a verdict"),
        details=VERDICT,
        about=("metric",),
        alone=N_("Choose the metric that this verdict is on. Your text is kept."),
        goes_on=True,
        state="verdicts",
    ),
    # A post-mortem: its text is what was learnt.
    Kind(
        "ending",
        TEAM,
        N_("writes the post-mortem"),
        details=ENDING,
        about=("metric",),
        state="endings",
    ),
    Kind(
        "learning",
        AROUND_THE_TABLE,
        N_("says what they learnt"),
        title=N_("What was learnt"),
        place=Place.FIRST,
        state="learnings",
    ),
    # An action of the session before.
    Kind(
        "promise",
        TEAM,
        N_("recalls what was promised"),
        details=(_OWNER, Detail("due", N_("Date"), form=Form.DATE), *PROMISE),
        state="promises",
    ),
    Kind(
        "action",
        TEAM,
        N_("commits to an action"),
        details=(_OWNER, Detail("due", N_("Date"), form=Form.DATE)),
        about=("recommendation",),
        at_most=3,
        full=N_("Three actions at most: withdraw one first. Your text is kept."),
        state="commitments",
    ),
    # A return of experience, some 90 days later: its text is what was changed.
    Kind(
        "experience",
        TEAM,
        N_("tells what became of it"),
        details=EXPERIENCE,
        at_most=1,
        full=N_("The team has told it already: change what is written, or withdraw it first."),
        published=True,
        title=N_("Return of experience"),
        state="experience",
    ),
    # How others may reach the team, which agrees to it: that is for those to whom it gives its summary.
    Kind(
        "contact",
        TEAM,
        N_("agrees to be contacted"),
        at_most=1,
        full=N_("The team has agreed already: change what is written, or withdraw it first."),
        never_shared=True,
        title=N_("To be contacted about this workshop"),
        state="contact",
    ),
)

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ROWS}
"""The rows by their names, in the order in which session.json and the summary's parts take them."""
