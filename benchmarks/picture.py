"""A bar chart as SVG, without a drawing library."""

from collections.abc import Mapping
from html import escape

ROW, LABEL, LENGTH = 24, 320, 380


def bars(title: str, values: Mapping[str, float]) -> str:
    """One bar for each value, with its label and number."""
    longest = max(values.values())
    rows = "".join(
        f'<text x="{LABEL - 8}" y="{56 + ROW * row}" text-anchor="end">{escape(label)}</text>'
        f'<rect x="{LABEL}" y="{44 + ROW * row}" width="{LENGTH * value / longest:.0f}" height="16" fill="#0b7a5b"/>'
        f'<text x="{LABEL + LENGTH * value / longest + 6:.0f}" y="{56 + ROW * row}">{value:.0f}</text>'
        for row, (label, value) in enumerate(values.items())
    )
    height = 60 + ROW * len(values)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LABEL + LENGTH + 60}" height="{height}"'
        ' font-family="sans-serif" font-size="13"><rect width="100%" height="100%" fill="white"/>'
        f'<text x="12" y="24" font-size="15" font-weight="bold">{escape(title)}</text>{rows}</svg>\n'
    )
