"""The listing: one declaration of columns, filters and a scoped query; from it the page, the fragment, keyset pages,
the Excel file, CSV and the print view. Personal data is masked by its column's `value`, so in all of them alike.
"""

from webapp.kernel.listing.counting import COUNTED, Count, Total, exact, summed
from webapp.kernel.listing.declaration import Cell, Column, Detail, Listing, Row
from webapp.kernel.listing.pages import PAGE, View, rows_of, show

__all__ = [
    "COUNTED",
    "PAGE",
    "Cell",
    "Column",
    "Count",
    "Detail",
    "Listing",
    "Row",
    "Total",
    "View",
    "exact",
    "rows_of",
    "show",
    "summed",
]
