"""Charts: bars, how values are spread, how full hubs are, one school through the years."""

from schoolhubs.pictures.charts.bars import bars, funnel
from schoolhubs.pictures.charts.histogram import histogram
from schoolhubs.pictures.charts.loads import load_chart
from schoolhubs.pictures.charts.trend import trend

__all__ = ["bars", "funnel", "histogram", "load_chart", "trend"]
