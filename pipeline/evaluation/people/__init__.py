"""People: take a shop's log, tell how well what is recommended is what people chose next."""

from pipeline.evaluation.people.report import sentence, write_people_report
from pipeline.evaluation.people.run import PeopleEvaluation, evaluate_people

__all__ = ["PeopleEvaluation", "evaluate_people", "sentence", "write_people_report"]
