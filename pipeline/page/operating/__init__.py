"""What whoever runs the page sees of it: what it and its visitors did, and who may come in."""

from pipeline.page.operating.login import Doorkeeper, Login
from pipeline.page.operating.metrics import Metrics
from pipeline.page.operating.noting import Noting
from pipeline.page.operating.probes import Probes
from pipeline.page.operating.readiness import Readiness
from pipeline.page.operating.watch import Responses, Watch

__all__ = ["Doorkeeper", "Login", "Metrics", "Noting", "Probes", "Readiness", "Responses", "Watch"]
