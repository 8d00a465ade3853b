"""Maps and charts as SVG, each with its title, sentence, table and source; pure.

The same figures always give the same bytes. Text from data is escaped on the way in.
"""

from schoolhubs.pictures.change_maps import change_map
from schoolhubs.pictures.charts.bars import bars, funnel
from schoolhubs.pictures.charts.histogram import histogram
from schoolhubs.pictures.charts.loads import load_chart
from schoolhubs.pictures.charts.trend import trend
from schoolhubs.pictures.maps import england_map
from schoolhubs.pictures.near_maps import Spot, near_map
from schoolhubs.pictures.picture import Caption, Picture

__all__ = [
    "Caption",
    "Picture",
    "Spot",
    "bars",
    "change_map",
    "england_map",
    "funnel",
    "histogram",
    "load_chart",
    "near_map",
    "trend",
]
