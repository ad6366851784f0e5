"""The weaknesses that are looked for, in words: why each matters, how to mend it, what a consultant would ask.

The rule that hears one is in another module, by its subject, and stands under the same code in `check`'s table.
"""

from __future__ import annotations

from dataclasses import dataclass

from impactlib.domain.text import N_


@dataclass(frozen=True)
class Finding:
    """A weakness: its code, the field that answers it, why it matters, how to mend it, and the question to ask.

    English; pages translate it."""

    code: str
    field: str
    why: str
    mend: str
    question: str


FINDINGS = (
    Finding(
        "no-population",
        "population",
        N_("It is not said whose situation should change."),
        N_("Name the people, places or files that are counted, so that two of you would count the same ones."),
        N_("Which population are we talking about?"),
    ),
    Finding(
        "no-unit",
        "unit",
        N_("The figure has no unit."),
        N_("Give the unit: days, euros, people, a score out of 5…"),
        N_("In what unit would you read this figure?"),
    ),
    Finding(
        "no-denominator",
        "denominator",
        N_("This rate does not say out of how many."),
        N_("Say what it is divided by, for instance the people entitled or the requests begun."),
        N_("A rate of whom, or of what: what would you divide by?"),
    ),
    Finding(
        "no-baseline",
        "baseline",
        N_("The value today is not known: a change could not be seen."),
        N_("Measure the value once now, even roughly, and note its date."),
        N_("What is the value today, even roughly?"),
    ),
    Finding(
        "no-target",
        "target",
        N_("No value is aimed at: nobody could say that it worked."),
        N_("Choose a value and a date, even modest; you may correct them later."),
        N_("What value would make you say that it worked, and by when?"),
    ),
    Finding(
        "no-source",
        "source",
        N_("It is not said where the figure comes from."),
        N_("Name the register, the survey or the log from which somebody can draw it."),
        N_("Where would you find this figure?"),
    ),
    Finding(
        "no-owner",
        "owner",
        N_("Nobody is named to follow this figure."),
        N_("Choose one person who will look at it and bring it back to the team."),
        N_("Who among you would follow this figure?"),
    ),
    Finding(
        "usage-as-impact",
        "metric",
        N_("This counts use. Use shows that people come, not what changes for them."),
        N_("Keep it as a measure of use, and add what changes for those people once they have used the service."),
        N_("When somebody has used the service, what is different for them?"),
    ),
    Finding(
        "vanity",
        "metric",
        N_("This total can only grow: it will look good whatever you do."),
        N_("Count over a period (each month), or turn it into a rate."),
        N_("If this figure went on growing, what would you decide differently?"),
    ),
    Finding(
        "proxy-unattached",
        "stands_for",
        N_("This proxy does not say what it stands for."),
        N_("Name the change that you cannot measure yet, and why this figure should move with it."),
        N_("What change does this figure stand for?"),
    ),
    Finding(
        "period-mismatch",
        "period",
        N_("What is divided and what it is divided by do not cover the same period."),
        N_("Bring both to the same period, for instance a month’s budget over a month’s users."),
        N_("Over what period do you count each of the two figures?"),
    ),
    Finding(
        "points-or-percent",
        "unit",
        N_("A change of a rate can be read in two ways: in points or in per cent."),
        N_("Write “from 20 to 22 per cent”, or “2 points more”."),
        N_("Do you mean points, or per cent of the rate of today?"),
    ),
    Finding(
        "coefficient-times-proxy",
        "limits",
        N_("This is use times a constant: it grows with use, whether the effect is there or not."),
        N_("In the limits, say where the constant comes from and for whom it holds; better, compare two groups."),
        N_("Where does this constant come from, and for whom does it hold?"),
    ),
    Finding(
        "target-not-better",
        "target",
        N_("The value aimed at is no better than the value of today."),
        N_("Check the two values, and whether more or less is better."),
        N_("In which direction should this figure move, and how far?"),
    ),
    Finding(
        "date-order",
        "target_date",
        N_("The date of the target is not after that of the baseline."),
        N_("Check the two dates: the target lies ahead."),
        N_("By when do you hope to reach this target?"),
    ),
)
"""Every weakness that is looked for, most worth asking first."""
