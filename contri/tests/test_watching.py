"""The alerts and the dashboard ask for what Contri tells, and every alert leads to its page of a runbook."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from prometheus_client import REGISTRY, CollectorRegistry

from contri.core.figures import FiguresCollector

ROOT = Path(settings.BASE_DIR)
ALERTS = ROOT / "ops/prometheus/alerts.yml"
DASHBOARDS = ROOT / "ops/grafana/dashboards"


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(ALERTS.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def told() -> set[str]:
    figures = CollectorRegistry(auto_describe=False)
    figures.register(FiguresCollector())
    measured = [*REGISTRY.collect(), *figures.collect()]
    names = {metric.name for metric in measured}
    counters = {f"{metric.name}_total" for metric in measured if metric.type == "counter"}
    parts = {f"{metric.name}_{part}" for metric in measured if metric.type == "histogram" for part in PARTS}
    return names | counters | parts


PARTS = ("bucket", "count", "sum")


@pytest.mark.django_db
@pytest.mark.parametrize("file", [ALERTS, *sorted(DASHBOARDS.glob("*.json"))], ids=lambda file: file.name)
def test_whatever_is_asked_for_is_told(file: Path) -> None:
    asked_for = set(re.findall(r"contri_[a-z_]+", file.read_text()))

    assert asked_for
    assert asked_for - told() == set()


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_every_alert_has_a_page_that_says_what_to_do(rule: dict[str, Any]) -> None:
    page, _, anchor = rule["annotations"]["runbook"].partition("#")
    headings = re.findall(r"^## (.+)$", (ROOT / page).read_text(), re.MULTILINE)

    assert rule["alert"] in headings
    assert anchor == rule["alert"].lower()
