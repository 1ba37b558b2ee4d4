"""Pictures of a simulated life: where the money was, who was late, and what went wrong how often."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection
from reportlab.graphics import renderSVG
from reportlab.graphics.charts.barcharts import HorizontalBarChart
from reportlab.graphics.charts.legends import Legend
from reportlab.graphics.charts.lineplots import LinePlot
from reportlab.graphics.shapes import Drawing, String
from reportlab.lib import colors

from circles.models import Contribution, ContributionStatus

WIDTH, HEIGHT, MARGIN = 900, 360, 70
KOBO = 100
# Told apart by their dashes, too.
STYLES = (
    (colors.HexColor("#1b6e53"), None),
    (colors.HexColor("#b4500f"), (6, 3)),
    (colors.HexColor("#3a4fa0"), (2, 2)),
    (colors.HexColor("#7a2a6b"), (8, 2, 2, 2)),
)
MONEY = {"in wallets": ("wallet",), "in pots": ("pot", "deposits", "reserve"), "parked": ("parked",)}
HELD = "held for withdrawals"

BALANCES = """
SELECT purpose, sum(credits_posted - debits_posted)::bigint, sum(debits_pending)::bigint
FROM ledger_account GROUP BY purpose
"""


@dataclass
class Observer:
    """Looks at the scratch database after each step."""

    money: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    late: list[tuple[float, float]] = field(default_factory=list)

    def look(self, step: int) -> None:
        """Note where the money is, in naira, and how many contributions are late."""
        with connection.cursor() as cursor:
            cursor.execute(BALANCES)
            rows = {purpose: (posted, pending) for purpose, posted, pending in cursor.fetchall()}
        for name, purposes in MONEY.items():
            kobo = sum(rows.get(purpose, (0, 0))[0] for purpose in purposes)
            self.money.setdefault(name, []).append((step, kobo / KOBO))
        self.money.setdefault(HELD, []).append((step, rows.get("wallet", (0, 0))[1] / KOBO))
        self.late.append((step, Contribution.objects.filter(status=ContributionStatus.LATE).count()))


def write_life(folder: Path, observer: Observer) -> None:
    """Draw money.svg and lateness.svg, of one life, into `folder`."""
    _draw(folder, "money", _lines("Naira, step by step", observer.money))
    _draw(folder, "lateness", _lines("Contributions that are late, step by step", {"late": observer.late}))


def write_counts(folder: Path, happened: Counter[str], achieved: Counter[str]) -> None:
    """Draw faults.svg and achievements.svg, of all lives, into `folder`."""
    _draw(folder, "faults", _bars("What went wrong, how often", happened))
    _draw(folder, "achievements", _bars("What people achieved, how often", achieved))


def _draw(folder: Path, name: str, drawing: Drawing) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    renderSVG.drawToFile(drawing, str(folder / f"{name}.svg"))


def _lines(title: str, series: dict[str, list[tuple[float, float]]]) -> Drawing:
    drawing = _titled(title, HEIGHT)
    plot = LinePlot()
    plot.x, plot.y, plot.width, plot.height = MARGIN, 40, WIDTH - 3 * MARGIN, HEIGHT - 90
    plot.data = list(series.values())
    plot.yValueAxis.valueMin = 0
    if not any(value for line in series.values() for _, value in line):
        plot.yValueAxis.valueMax = 1
    plot.yValueAxis.labelTextFormat = "{:,.0f}".format
    legend = Legend()
    legend.x, legend.y, legend.alignment = WIDTH - 2 * MARGIN + 10, HEIGHT - 60, "right"
    legend.columnMaximum = len(series)
    legend.colorNamePairs = []
    for number, name in enumerate(series):
        color, dashes = STYLES[number % len(STYLES)]
        plot.lines[number].strokeColor, plot.lines[number].strokeWidth = color, 1.5
        plot.lines[number].strokeDashArray = dashes
        legend.colorNamePairs.append((color, name))
    drawing.add(plot)
    drawing.add(legend)
    return drawing


def _bars(title: str, counts: Counter[str]) -> Drawing:
    names = sorted(counts, key=lambda name: (counts[name], name))
    height = 80 + 18 * max(len(names), 1)
    drawing = _titled(title, height)
    chart = HorizontalBarChart()
    chart.x, chart.y, chart.width, chart.height = 3 * MARGIN, 30, WIDTH - 4 * MARGIN, height - 70
    chart.data = [[counts[name] for name in names] or [0]]
    chart.categoryAxis.categoryNames = names or ["nothing"]
    chart.valueAxis.valueMin = 0
    chart.bars[0].fillColor = STYLES[0][0]
    chart.barLabelFormat = "%d"
    chart.barLabels.nudge = 12
    drawing.add(chart)
    return drawing


def _titled(title: str, height: int) -> Drawing:
    drawing = Drawing(WIDTH, height)
    drawing.add(String(MARGIN, height - 25, title, fontSize=14))
    return drawing
