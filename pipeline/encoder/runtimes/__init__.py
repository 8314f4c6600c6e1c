"""Runtimes: what runs an encoder's network, one file each, and the choice among them."""

import sys

# Set before either is imported: without this package, neither OpenVINO nor NNCF can tell Google
# Analytics that it runs.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
