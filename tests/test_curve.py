"""The curve of a metric: one description in numbers, which pages draw and files too."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st
from lxml import html
from markdown_it import MarkdownIt

from impactlib.domain.agenda import Role
from impactlib.domain.curve import Curve, Mark, curve, marks
from impactlib.domain.readings import Figure, Series, series
from impactlib.domain.session import Note
from impactlib.export import render
from impactlib.export.over_time import ON_SCREEN, draw, figure
from impactlib.views.render import environment
from tests.conftest import Room, Time, examples

Said = tuple[date, float | str, str]


def of(*figures: Said, baseline: Said | None = None, **said: str) -> Series:
    """A series of figures, each with its date and its period."""

    def note(kind: str, at: int, **details: str) -> Note:
        return Note(
            id=f"{kind}-{at}", kind=kind, text="Délai", by="p", behalf="", at=float(at), order=at, details=details
        )

    metric = note("metric", 0, unit="jours", **said)

    def one(at: int, given: Said, first: bool = False) -> Figure:
        return Figure(metric if first else note("reading", at), Decimal(str(given[1])), *given[::2], baseline=first)

    read = sorted((one(at, given) for at, given in enumerate(figures)), key=lambda figure: figure.rank)
    return Series(metric, one(0, baseline, first=True) if baseline else None, tuple(read))


def made(series: Series, *marked: Mark) -> Curve:
    found = curve(series, marked)
    assert found
    return found


def months(count: int, over: str = "month") -> list[Said]:
    first = date(2026, 1, 31)
    return [(first + timedelta(days=30 * n), 10 + n % 7, over) for n in range(count)]


def test_figures_the_target_and_the_baseline_stand_between_round_heights() -> None:
    found = made(
        of((date(2026, 4, 30), 19, ""), (date(2026, 7, 1), 15, ""), baseline=(date(2026, 3, 1), 21, ""), target="10")
    )
    assert [float(height) for _, height in found.heights] == [0, 10, 20, 30]
    assert [round(spot.y, 3) for spot in found.spots] == [0.7, 0.633, 0.5]
    assert [spot.x for spot in found.spots] == [0, 60 / 122, 1] and found.spots[0].figure.baseline
    assert found.target == pytest.approx(1 / 3)
    assert [str(on) for _, on in found.days] == ["2026-03-15", "2026-05-15", "2026-07-15"] and found.grain == "month"


def test_what_leads_over_a_period_without_a_figure_is_unsure() -> None:
    january, february, may = date(2026, 1, 31), date(2026, 2, 28), date(2026, 5, 31)
    found = made(of((january, 1, "month"), (february, 2, "month"), (may, 3, "month")))
    assert [stretch.sure for stretch in found.stretches] == [True, False]
    assert [one.sure for one in made(of((january, 1, ""), (may, 3, ""))).stretches] == [True]
    assert [one.sure for one in made(of((january, 1, ""), (february, 3, "month"))).stretches] == [False]


def test_figures_of_another_period_are_beside_the_curve() -> None:
    found = made(
        of((date(2026, 1, 31), 1, "month"), (date(2026, 12, 31), 40, "year"), (date(2026, 12, 31), 4, "month"))
    )
    assert [float(spot.figure.value) for spot in found.spots] == [1, 4]
    assert [float(one.value) for one in found.aside] == [40]


def test_there_is_no_curve_of_figures_without_a_date() -> None:
    assert curve(of()) is None


def test_a_workshop_stands_on_it_always_and_the_others_between_its_figures() -> None:
    figures = of((date(2026, 3, 1), 1, ""), (date(2026, 5, 1), 2, ""))
    on = [date(2026, 1, 1), date(2026, 4, 1), date(2026, 9, 1)]
    found = made(figures, Mark(on[0], "", "workshop"), Mark(on[1], "Relance", "feature"), Mark(on[2], "", "decision"))
    assert [(round(x, 2), mark.kind) for x, mark in found.marks] == [(0, "workshop"), (0.75, "feature")]
    assert found.spots[0].x == pytest.approx(59 / 120)


def test_an_earlier_workshop_stands_between_the_figures_alone() -> None:
    figures = of((date(2026, 3, 1), 1, ""), (date(2026, 5, 1), 2, ""))
    held = [Mark(on, "", "workshop") for on in (date(2025, 1, 1), date(2026, 4, 1), date(2026, 9, 1))]
    assert [mark.on for _, mark in made(figures, *held).marks] == [date(2026, 4, 1), date(2026, 9, 1)]


def test_the_hour_and_the_decision_are_marked(lived: Room) -> None:
    [metric] = lived.session.kept_metrics()
    lived.ask(Role.CLIENT, do="detail", note=metric.id, detail="decide_on", value="2033-12-01")
    session = lived.session
    assert [mark.kind for mark in marks(session, series(session, session.notes[metric.id]))] == ["workshop", "decision"]


FIGURES = st.lists(
    st.tuples(
        st.dates(date(2001, 1, 1), date(2090, 1, 1)),
        st.decimals(-(10**12), 10**12, allow_nan=False, allow_infinity=False, places=2).map(str),
        st.sampled_from(["", "day", "month", "year"]),
    ),
    min_size=1,
    max_size=30,
)


@examples(200)
@given(figures=FIGURES, target=st.sampled_from(["", "0", "-5", "123456.7", "0.01"]))
def test_all_of_it_stands_in_the_picture(figures: list[Any], target: str) -> None:
    found = made(of(*figures, target=target))
    places = [*((spot.x, spot.y) for spot in found.spots), *((0.5, y) for y, _ in found.heights)]
    places += [(x, 0.5) for x, _ in found.days]
    assert all(-1e-9 <= x <= 1 + 1e-9 and -1e-9 <= y <= 1 + 1e-9 for x, y in places)
    assert 2 <= len(found.heights) <= 8 and len(found.days) <= 4
    assert all("E" not in f"{height}" for _, height in found.heights)
    assert len({spot.figure.over for spot in found.spots} - {""}) <= 1


# The page's and the file's ------------------------------------------------------------------------------


def page(found: Curve) -> html.HtmlElement:
    module: Any = environment("fr").get_template("curve.html").module
    return html.fragment_fromstring(str(module.curve(found, "c", "Délai")), create_parent="div")


def placed(svg: html.HtmlElement) -> tuple[list[tuple[float, float]], float | None, list[tuple[float, float]]]:
    """The figures of a page's picture, its target and its ticks of height, as numbers from 0 to 1."""
    grid = [path.get("d") for path in svg.xpath("//*[local-name()='svg']/*[@class='grid']")]
    heights = [float(re.match(r"M[\d.]+ ([\d.]+)H", d)[1]) for d in grid]  # type: ignore[index]
    low, high = max(heights), min(heights)
    spots = [(float(c.get("cx")), float(c.get("cy"))) for c in svg.xpath("//*[local-name()='circle']")]
    for dots in svg.xpath("//*[@class='dots']/@d"):
        spots += [(float(x), float(y)) for x, y in re.findall(r"M([\d.]+) ([\d.]+)h0", dots)]
    left = float(re.match(r"M([\d.]+)", grid[0])[1]) + 6  # type: ignore[index]
    [target] = [re.match(r"M[\d.]+ ([\d.]+)H", p.get("d")) for p in svg.xpath("//*[@class='target']")]
    assert target

    def up(y: float) -> float:
        return (low - y) / (low - high)

    return [((x - left) / (346 - left), up(y)) for x, y in spots], up(float(target[1])), [(0, up(y)) for y in heights]


def test_a_page_and_a_file_place_the_same_figures() -> None:
    found = made(
        of(*months(40), baseline=(date(2025, 12, 1), 21, "month"), target="12", period="par mois"),
        Mark(date(2026, 3, 1), "", "workshop"),
    )
    spots, target, heights = placed(page(found))
    axes = figure(found, "fr").axes[0]
    drawn: list[Any] = list(axes.lines)
    of_file = {line.get_gid(): [list(map(float, xy)) for xy in line.get_xydata()] for line in drawn}
    figures = [*of_file["baseline"], *of_file["spots"]]
    assert len(spots) == len(figures) == 41
    for place, (x, y) in zip(sorted(spots), sorted(figures), strict=True):
        assert place == pytest.approx((x, y), abs=0.002)
    assert target == pytest.approx(of_file["target"][0][1], abs=0.002)
    assert [y for _, y in heights] == pytest.approx(list(axes.get_yticks()), abs=0.002)
    lines = {one.get("class"): one.get("d").count("L") for one in page(found).xpath("//*[starts-with(@class, 'line')]")}
    # Of each stretch a file has its two ends, and a gap after them.
    assert lines == {name: len(of_file[one]) // 3 for name, one in (("line", "sure"), ("line unsure", "unsure"))}
    assert sum(lines.values()) == 40 and lines["line unsure"] == sum(not one.sure for one in found.stretches)


def test_a_session_notebook_shows_the_curve_of_the_page_with_the_same_figures(lived: Room, time: Time) -> None:
    time.advance(90 * 86_400)
    delay, visits = (lived.ask(Role.CLIENT, do="write", kind="metric", text=text) for text in ("[Délai]", "Visites"))
    for name, value in {"unit": "jours [1]", "baseline": "21", "baseline_date": "2033-03-01", "target": "10"}.items():
        lived.ask(Role.CLIENT, do="detail", note=delay, detail=name, value=value)
    for note, value, as_of in ((delay, "19", "2033-06-10"), (delay, "15", "2033-07-12"), (visits, "9", "2033-07-12")):
        lived.ask(Role.CLIENT, do="write", kind="reading", about=note, text="", figure=value, as_of=as_of)
    summary, carried = (
        render(lived.store.to_file(), kind, form, environment("fr")).decode()
        for kind, form in (("summary", "html"), ("session", "ipynb"))
    )
    followed = series(lived.session, lived.session.notes[delay])
    found = made(followed, *marks(lived.session, followed))
    shown = [cell for cell in json.loads(carried)["cells"] if "curve" in str(cell.get("attachments", ""))]
    [(name, picture)] = shown[0]["attachments"].items()  # a figure alone, that of the other metric, makes no curve
    drawn = base64.b64decode(picture["image/png"])
    assert drawn == draw(found, lang="fr", form="png", dpi=ON_SCREEN) and len(shown) == 1 and len(drawn) < 20_000

    [svg] = [one.getparent() for one in html.document_fromstring(summary).xpath("//svg/title[.='[Délai]']")]
    spots, target, _ = placed(html.fragment_fromstring(html.tostring(svg), create_parent="div"))
    lines: list[Any] = list(figure(found, "fr", ON_SCREEN).axes[0].lines)
    of_file = {line.get_gid(): [tuple(map(float, xy)) for xy in line.get_xydata()] for line in lines}
    assert sorted(spots) == [pytest.approx(xy, abs=0.002) for xy in sorted(of_file["baseline"] + of_file["spots"])]
    assert len(spots) == 3 and target == pytest.approx(of_file["target"][0][1], abs=0.002)

    prose = MarkdownIt("commonmark").render("".join(shown[0]["source"]))
    [image] = html.document_fromstring(prose).xpath("//img")
    said = " ".join(svg.xpath("string(desc)").split())
    assert image.get("src") == f"attachment:{name}" and " ".join(image.get("alt").split()) == f"[Délai]. {said}"
    assert said.endswith("Cible : 10 jours [1].")


def test_signs_that_would_lie_on_one_another_are_in_different_rows() -> None:
    days = (date(2026, 2, 1), date(2026, 5, 20), date(2026, 5, 20), date(2026, 5, 22), date(2026, 8, 1))
    found = made(of(*months(9)), *(Mark(on, "", "feature") for on in days[:-1]), Mark(days[-1], "", "workshop"))
    assert found.rows == (0, 0, 1, 2, 0)
    places = page(found).xpath("//*[starts-with(@class, 'mark')]/@transform")
    heights = [re.search(r" ([\d.]+)\)", one)[1] for one in places]  # type: ignore[index]
    assert heights == ["8", "8", "20", "32", "8"]


@pytest.mark.parametrize("target", ["7", "9", "12", "18", "25"])
@pytest.mark.parametrize("values", [(21, 19, 14, 12), (2, 5, 9, 12), (12, 12, 12, 12)])
def test_the_latest_figure_never_stands_between_its_point_and_the_line_of_the_target(
    target: str, values: tuple[int, ...]
) -> None:
    found = made(of(*((on, value, "") for (on, _, _), value in zip(months(4), values, strict=True)), target=target))
    [svg] = page(found)
    [line] = (float(d.split()[1].split("H")[0]) for d in svg.xpath("//*[@class='target']/@d"))
    point = float(svg.xpath("//*[local-name()='circle']/@cy")[-1])
    label = float(svg.xpath("//*[@class='latest']/@y")[0]) - 5
    assert not point < line < label + 12 and not label - 12 < line < point
    [aim] = svg.xpath("//*[@class='aim']")
    assert " ".join(aim.text_content().split()) == f"Cible : {target} jours" and abs(float(aim.get("y")) - line) < 16


@pytest.mark.parametrize("target", ["7", "10", "14", "25"])
@pytest.mark.parametrize("values", [range(21, 12, -1), range(12, 21), (12,) * 9, (20, 20, 20, 20, 20, 20, 16, 14, 12)])
def test_the_latest_figure_covers_no_point_before_its_own(target: str, values: Iterable[int]) -> None:
    found = made(of(*((on, value, "") for (on, _, _), value in zip(months(9), values, strict=True)), target=target))
    [svg] = page(found)
    [label] = svg.xpath("//*[@class='latest']")
    end, foot, wide = float(label.get("x")), float(label.get("y")), 8 * len(label.text_content())
    points = [(float(one.get("cx")), float(one.get("cy"))) for one in svg.xpath("//*[local-name()='circle']")]
    assert len(points) == 9 and label.get("text-anchor") == "end"
    assert [(x, y) for x, y in points if x > end - wide and foot - 12 < y + 4.5 and y - 4.5 < foot] == []


def test_a_picture_has_a_title_and_says_in_words_what_it_shows() -> None:
    svg = page(made(of((date(2026, 4, 30), 19, ""), baseline=(date(2026, 3, 1), 21, ""), target="10")))[0]
    names = svg.get("aria-labelledby").split()
    told = " ".join(svg.xpath(f"string(//*[@id='{name}'])") for name in names)
    assert told.replace("\u00a0", " ") == "Délai De 21 jours au 01/03/2026 à 19 jours au 30/04/2026. Cible : 10 jours."
    assert svg.get("role") == "img"


def test_the_same_curve_gives_the_same_file() -> None:
    found = made(of(*months(3)))
    assert draw(found, lang="fr", form="png") == draw(found, lang="fr", form="png")


def test_a_figure_of_a_month_stands_above_the_name_of_its_month() -> None:
    found = made(of(*((date(2026, month, day), 10, "month") for month, day in ((4, 30), (5, 31), (6, 30)))))
    assert [spot.x for spot in found.spots] == pytest.approx([x for x, _ in found.days], abs=0.02)
    assert [on.month for _, on in found.days] == [4, 5, 6]
    alone = made(of((date(2026, 5, 31), 10, "month")))
    assert ([on.month for _, on in alone.days], alone.grain) == ([5], "month")
    assert made(of((date(2026, 5, 31), 10, "day"))).grain == "day"
