"""Maps and charts as SVG, each with its title, sentence, table and source; pure.

The same figures always give the same bytes. Text from data is escaped on the way in.
"""

from schoolhubs.pictures import charts
from schoolhubs.pictures.change_maps import change_map
from schoolhubs.pictures.charts.through_time.progress_line import progress_line
from schoolhubs.pictures.maps import england_map
from schoolhubs.pictures.near_maps import Spot, near_map
from schoolhubs.pictures.picture import Caption, Picture

__all__ = [
    "Caption",
    "Picture",
    "Spot",
    "change_map",
    "charts",
    "england_map",
    "near_map",
    "progress_line",
]
