"""A statement of account on A4 pages: the same `Statement` as the CSV's, laid out for people.

First every row is broken into lines of text, then the rows into pages, and only then is anything drawn: that is how the
first page knows how many there are. Text is drawn as it is, never read as markup.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Protocol

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from contri.core.moments import LAGOS, lagos_day
from contri.core.money import CURRENCY, decimal_from_kobo
from wallets.statements import Statement, StatementLine

# Measures are points, 72 to the inch, counted from the lower left corner of the page.
WIDTH, HEIGHT = A4
MARGIN = 36
TEXT_SIZE, LEADING, ROW_GAP = 7.5, 9.5, 6.0
FIRST_TABLE_TOP, TABLE_TOP, TABLE_BOTTOM = HEIGHT - 190, HEIGHT - 92, 60
TABLE_HEAD = LEADING + ROW_GAP + 2
INK, QUIET, RULE, BAND = (HexColor(colour) for colour in ("#16212b", "#5d6b78", "#cfd6dc", "#eef2f4"))

# Vera comes with ReportLab and is embedded, so a statement looks the same everywhere. It has neither ₦, for which
# `NGN` stands, nor the letters with a dot below of Yoruba and Igbo, which lose their dot.
PLAIN, BOLD = "Contri", "Contri-Bold"
SPELLED_OUT = str.maketrans({"₦": f"{CURRENCY} "})


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table; its text ends `PADDING` before the next one begins."""

    title: str
    width: float
    is_amount: bool = False


PADDING = 6
COLUMNS = (
    Column("Date", 62),
    Column("Description", 146),
    Column("Reference", 112),
    Column("Debit", 66, is_amount=True),
    Column("Credit", 66, is_amount=True),
    Column("Balance", 71, is_amount=True),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: for each column its lines of text."""

    cells: tuple[tuple[str, ...], ...]
    font: str = PLAIN

    @property
    def height(self) -> float:
        """Points that it takes on the page."""
        return max(len(lines) for lines in self.cells) * LEADING + ROW_GAP


class BytesWriter(Protocol):
    """Where a file goes."""

    def write(self, data: bytes, /) -> Any:
        """Add `data`."""


def write_pdf(statement: Statement, out: BytesWriter, *, at: datetime) -> None:
    """Write `statement` as a PDF that says it was made at `at`."""
    _load_fonts()
    pages = paginate(rows_of(statement))
    sheet = Canvas(None, pagesize=A4, lang="en")
    sheet.setTitle(f"Statement of account, {statement.from_day} to {statement.to_day}")
    sheet.setAuthor("Contri")
    for number, rows in enumerate(pages, start=1):
        _draw_head(sheet, statement)
        if number == 1:
            _draw_summary(sheet, statement)
        _draw_table(sheet, rows, top=FIRST_TABLE_TOP if number == 1 else TABLE_TOP)
        _draw_foot(sheet, at, number, len(pages))
        sheet.showPage()
    out.write(sheet.getpdfdata())


def rows_of(statement: Statement) -> list[Row]:
    """The table: the opening balance, every entry, the closing balance."""
    _load_fonts()
    entries = [_entry_row(line) for line in statement.lines] or [_row("", "Nothing was booked.", "", "", "", "")]
    return [
        _balance_row(statement.from_day, "Opening balance", statement.opening_kobo),
        *entries,
        _balance_row(statement.to_day, "Closing balance", statement.closing_kobo),
    ]


def paginate(rows: Iterable[Row]) -> list[list[Row]]:
    """The rows of each page, in order, as many as fit. No row is split, and the first page has room for fewer."""
    pages: list[list[Row]] = [[]]
    room = FIRST_TABLE_TOP - TABLE_BOTTOM - TABLE_HEAD
    for row in rows:
        if pages[-1] and row.height > room:
            pages.append([])
            room = TABLE_TOP - TABLE_BOTTOM - TABLE_HEAD
        pages[-1].append(row)
        room -= row.height
    return pages


def printable(text: str) -> str:
    """`text` on one line and in letters that the font has: the nearest plain letter for others, or else "?"."""
    known = pdfmetrics.getFont(PLAIN).face.charToGlyph
    shown = unicodedata.normalize("NFC", " ".join(text.translate(SPELLED_OUT).split()))
    return "".join(char if char.isprintable() and ord(char) in known else _nearest(char, known) for char in shown)


def grouped_naira(kobo: int) -> str:
    """An amount for the eye: 123456789 → "1,234,567.89"."""
    return f"{decimal_from_kobo(kobo):,.2f}"


@cache
def _load_fonts() -> None:
    for name, file in ((PLAIN, "Vera.ttf"), (BOLD, "VeraBd.ttf")):
        pdfmetrics.registerFont(TTFont(name, file))


def _nearest(char: str, known: dict[int, int]) -> str:
    # Marks of their own, and what directs text without being seen (joiners, embeddings), leave nothing behind.
    if unicodedata.category(char) in ("Mn", "Me", "Cc", "Cf"):
        return ""
    plain = [part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part)]
    return "".join(part if ord(part) in known else "?" for part in plain)


def _entry_row(line: StatementLine) -> Row:
    description = line.description or line.type.replace("_", " ").capitalize()
    debit, credit = (grouped_naira(kobo) if kobo else "" for kobo in (line.debit_kobo, line.credit_kobo))
    return _row(_day(lagos_day(line.at)), description, line.reference, debit, credit, grouped_naira(line.balance_kobo))


def _balance_row(day: date, what: str, kobo: int) -> Row:
    return _row(_day(day), what, "", "", "", grouped_naira(kobo), font=BOLD)


def _row(*texts: str, font: str = PLAIN) -> Row:
    cells = (
        tuple(_wrapped(printable(text), font, column.width - PADDING))
        for column, text in zip(COLUMNS, texts, strict=True)
    )
    return Row(tuple(cells), font)


def _wrapped(text: str, font: str, width: float) -> Iterator[str]:
    """Lines no wider than `width`, broken between words, and within a word that fills a line by itself."""
    line = ""
    for piece in (piece for word in text.split() for piece in _pieces(word, font, width)):
        longer = f"{line} {piece}".lstrip()
        if line and pdfmetrics.stringWidth(longer, font, TEXT_SIZE) > width:
            yield line
            longer = piece
        line = longer
    yield line


def _pieces(word: str, font: str, width: float) -> Iterator[str]:
    piece = ""
    for char in word:
        if piece and pdfmetrics.stringWidth(piece + char, font, TEXT_SIZE) > width:
            yield piece
            piece = ""
        piece += char
    yield piece


def _draw_head(sheet: Canvas, statement: Statement) -> None:
    _write(sheet, MARGIN, HEIGHT - 54, "Contri", font=BOLD, size=18)
    _write(sheet, WIDTH - MARGIN, HEIGHT - 46, _fitting(printable(statement.holder)), font=BOLD, size=9, to_left=True)
    period = f"{_day(statement.from_day)} – {_day(statement.to_day)}"
    _write(sheet, WIDTH - MARGIN, HEIGHT - 59, period, size=9, to_left=True)
    _write(sheet, MARGIN, HEIGHT - 70, f"Statement of account, in naira ({CURRENCY})", size=9, colour=QUIET)


def _fitting(name: str) -> str:
    most = 48
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _draw_summary(sheet: Canvas, statement: Statement) -> None:
    figures = (
        ("Opening balance", statement.opening_kobo),
        ("Money in", statement.credits_kobo),
        ("Money out", statement.debits_kobo),
        ("Closing balance", statement.closing_kobo),
    )
    sheet.setFillColor(BAND)
    sheet.roundRect(MARGIN, HEIGHT - 160, WIDTH - 2 * MARGIN, 62, 4, stroke=0, fill=1)
    step = (WIDTH - 2 * MARGIN) / len(figures)
    for place, (title, kobo) in enumerate(figures):
        left = MARGIN + place * step + 10
        _write(sheet, left, HEIGHT - 122, title, size=8, colour=QUIET)
        _write(sheet, left, HEIGHT - 142, f"{CURRENCY} {grouped_naira(kobo)}", font=BOLD, size=9.5)


def _draw_table(sheet: Canvas, rows: Sequence[Row], *, top: float) -> None:
    titles = Row(tuple((column.title,) for column in COLUMNS), BOLD)
    _draw_row(sheet, titles, top)
    sheet.setStrokeColor(INK)
    sheet.line(MARGIN, top - LEADING - ROW_GAP / 2, WIDTH - MARGIN, top - LEADING - ROW_GAP / 2)
    top -= TABLE_HEAD
    for row in rows:
        _draw_row(sheet, row, top)
        top -= row.height
        sheet.setStrokeColor(RULE)
        sheet.setLineWidth(0.5)
        sheet.line(MARGIN, top + ROW_GAP / 2, WIDTH - MARGIN, top + ROW_GAP / 2)


def _draw_row(sheet: Canvas, row: Row, top: float) -> None:
    left: float = MARGIN
    for column, lines in zip(COLUMNS, row.cells, strict=True):
        edge = left + column.width if column.is_amount else left
        for number, text in enumerate(lines, start=1):
            _write(sheet, edge, top - number * LEADING + 2, text, font=row.font, to_left=column.is_amount)
        left += column.width


def _draw_foot(sheet: Canvas, at: datetime, number: int, total: int) -> None:
    made = f"Made on {_day(lagos_day(at))} at {at.astimezone(LAGOS):%H:%M}. Days and hours are those of Africa/Lagos."
    _write(sheet, MARGIN, 36, made, colour=QUIET)
    _write(sheet, WIDTH - MARGIN, 36, f"Page {number} of {total}", colour=QUIET, to_left=True)


def _write(
    sheet: Canvas,
    x: float,
    y: float,
    text: str,
    *,
    font: str = PLAIN,
    size: float = TEXT_SIZE,
    colour: HexColor = INK,
    to_left: bool = False,
) -> None:
    sheet.setFillColor(colour)
    sheet.setFont(font, size)
    (sheet.drawRightString if to_left else sheet.drawString)(x, y, text)


def _day(day: date) -> str:
    return f"{day.day} {day:%b} {day.year}"
