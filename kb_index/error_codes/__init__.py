"""What the error codes of OKX, HTX and Binance mean, why they come and what to do, in the customer's language.

``codes.yml`` has the facts of each code, ``<language>.yml`` the wording.
"""

from kb_index.error_codes.facts import Fact, named, topics_by_code, venues
from kb_index.error_codes.wording import Explanation, explain, layout

__all__ = ["Explanation", "Fact", "explain", "layout", "named", "topics_by_code", "venues"]
