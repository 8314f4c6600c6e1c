"""The explaining: takes a query and an item, gives what makes up the item's score."""

from pipeline.recommender.explaining.explainer import Explainer
from pipeline.recommender.explaining.places import Explanation

__all__ = ["Explainer", "Explanation"]
