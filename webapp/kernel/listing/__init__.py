"""Lists: one declaration of columns, filters and a scoped query gives the page, keyset paging, Excel, CSV and print.

Personal data is masked by its column's `value`, and so in every format.
"""

from webapp.kernel.listing.counting import COUNTED, Count, Total, exact, summed
from webapp.kernel.listing.declaration import Axes, Cell, Column, Detail, Listing, PageOf, Row
from webapp.kernel.listing.groups import Part
from webapp.kernel.listing.pages import PAGE, View, rows_of, show

__all__ = [
    "COUNTED",
    "PAGE",
    "Axes",
    "Cell",
    "Column",
    "Count",
    "Detail",
    "Listing",
    "PageOf",
    "Part",
    "Row",
    "Total",
    "View",
    "exact",
    "rows_of",
    "show",
    "summed",
]
