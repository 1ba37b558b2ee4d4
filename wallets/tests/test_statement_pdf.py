"""GET /wallet/statement?format=pdf."""

import base64
import io
import re
import zlib
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from contri.core.moments import lagos_day
from wallets import statements
from wallets.statement_pdf import paginate, printable, rows_of, write_pdf
from wallets.statements import Statement, StatementLine
from wallets.tests.factories import fund, spend

NOON = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)


def statement_with(count, description="Deposit"):
    lines = [StatementLine(NOON, "deposit", f"dep_{n}", description, 100_00, (n + 1) * 100_00) for n in range(count)]
    return Statement("Ada O.", date(2026, 1, 1), date(2026, 2, 28), 0, count * 100_00, lines)


def pdf_of(statement):
    out = io.BytesIO()
    write_pdf(statement, out, at=NOON)
    return out.getvalue()


def page_count(pdf):
    return len(re.findall(rb"/Type /Page\b", pdf))


def texts(pdf):
    """What is drawn, in order. The fonts are embedded so that ASCII keeps its codes."""
    streams = re.findall(rb"/ASCII85Decode /FlateDecode \].*?stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    pages = (zlib.decompress(base64.a85decode(stream.strip(), adobe=False)) for stream in map(_bare, streams))
    return [text.decode("latin-1") for page in pages for text in re.findall(rb"\(((?:[^()\\]|\\.)*)\) Tj", page)]


def _bare(stream):
    return stream.strip().removesuffix(b"~>")


def test_a_row_has_the_lagos_day_and_an_amount_on_one_side():
    statement = Statement(
        "Ada O.", date(2026, 1, 1), date(2026, 2, 28), 5, 1_234_567_05 - 95,
        [
            StatementLine(NOON, "deposit", "dep_1", "Deposit", 1_234_567_00, 1_234_567_05),
            StatementLine(NOON, "pot_fee", "", "", -95, 1_234_567_05 - 95),
        ],
    )  # fmt: skip

    assert [tuple(" ".join(lines) for lines in row.cells) for row in rows_of(statement)] == [
        ("1 Jan 2026", "Opening balance", "", "", "", "0.05"),
        ("1 Feb 2026", "Deposit", "dep_1", "", "1,234,567.00", "1,234,567.05"),
        ("1 Feb 2026", "Pot fee", "", "0.95", "", "1,234,566.10"),
        ("28 Feb 2026", "Closing balance", "", "", "", "1,234,566.10"),
    ]


@pytest.mark.parametrize("count", [0, 3, 200])
def test_every_page_repeats_the_head_and_knows_how_many_there_are(count):
    statement = statement_with(count)
    pages = paginate(rows_of(statement))

    pdf = pdf_of(statement)
    drawn = texts(pdf)

    assert [row for page in pages for row in page] == rows_of(statement)
    assert page_count(pdf) == len(pages)
    assert [text for text in drawn if text.startswith("Page ")] == [
        f"Page {number} of {len(pages)}" for number in range(1, len(pages) + 1)
    ]
    assert [drawn.count(text) for text in ("Contri", "Ada O.", "Description")] == [len(pages)] * 3
    assert [text for text in drawn if text.startswith("dep_")] == [f"dep_{n}" for n in range(count)]


@pytest.mark.parametrize("description", ["W" * 200, "long words " * 18])
def test_long_descriptions_are_wrapped_and_lose_nothing(description):
    [_, row, _] = rows_of(statement_with(1, description))

    assert len(row.cells[1]) > 1
    assert "".join(row.cells[1]).replace(" ", "") == description.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("₦500", "NGN 500"),
        ("Adébáyọ̀ Ṣẹ́gun", "Adébáyo Segun"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("a\u202eb\x00c\nd", "abc d"),
        ("🎉", "?"),
    ],
)
def test_text_is_shown_as_the_font_can(text, shown):
    rows_of(statement_with(0))
    assert printable(text) == shown


@pytest.mark.django_db
@pytest.mark.parametrize("entries", [2, 6])
def test_it_is_a_pdf_for_the_same_queries_however_long(signed_in, django_assert_num_queries, entries):
    ada = UserFactory.create(first_name="Ada", last_name="Okafor")
    for _ in range(entries // 2):
        fund(ada, 100_00)
        spend(ada, 40_00)
    today, client = lagos_day(timezone.now()), signed_in(ada)

    # Who it is, the wallet, the opening balance, the entries, their lines.
    with django_assert_num_queries(5):
        answer = client.get("/api/v1/wallet/statement", {"from": today, "to": today, "format": "pdf"})

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="contri-{today}-{today}.pdf"'
    drawn = texts(answer.content)
    assert drawn[drawn.index("Closing balance") + 1] == f"NGN {entries // 2 * 60}.00"
    assert drawn.count("100.00") >= entries // 2
    assert drawn.count("40.00") >= entries // 2


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["csv", "pdf"])
def test_more_entries_than_a_statement_holds_are_refused(signed_in, monkeypatch, form):
    monkeypatch.setattr(statements, "MOST_LINES", 1)
    ada = UserFactory.create()
    fund(ada, 100)
    today, client = lagos_day(timezone.now()), signed_in(ada)
    query = {"from": today - timedelta(days=1), "to": today, "format": form}
    assert client.get("/api/v1/wallet/statement", query).status_code == 200
    fund(ada, 100)

    answer = client.get("/api/v1/wallet/statement", query)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "too_many"
