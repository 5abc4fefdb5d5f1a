"""Every chart that a test of a page draws is one that Plotly takes."""

import plotly.graph_objects as go
import pytest

from pages.components import charts


@pytest.fixture(autouse=True)
def charts_hold_what_plotly_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages hand charts to the browser unchecked; here Plotly's own classes check each of them."""
    drawn = charts.draw

    def checked(chart: charts.Chart, *, key: str, alt: str) -> None:
        go.Figure(chart.to_dict())
        drawn(chart, key=key, alt=alt)

    monkeypatch.setattr(charts, "draw", checked)
