"""Charts: bars, grids, intervals, funnel plots, answers, spreads, loads, trends, days in lanes."""

from schoolhubs.pictures.charts.bars import bars, funnel
from schoolhubs.pictures.charts.diverging import diverging
from schoolhubs.pictures.charts.estimates import estimates
from schoolhubs.pictures.charts.funnel_plot import funnel_plot
from schoolhubs.pictures.charts.grid import grid
from schoolhubs.pictures.charts.histogram import histogram
from schoolhubs.pictures.charts.loads import load_chart
from schoolhubs.pictures.charts.through_time.day_lanes import day_lanes
from schoolhubs.pictures.charts.through_time.trend import trend

__all__ = [
    "bars", "day_lanes", "diverging", "estimates", "funnel", "funnel_plot", "grid", "histogram",
    "load_chart", "trend",
]  # fmt: skip
