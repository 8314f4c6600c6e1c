"""Run in a process of its own: what the CPU offers to the libraries, as JSON.

A library built for other CPUs may end the process that loads it, without an error.
"""

import importlib
import json


def main() -> None:
    """Load them, and print what they found."""
    importlib.import_module("numpy")  # looks at the CPU itself
    import torch

    found = {
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "has_gpu": torch.cuda.is_available(),
        "quick": None,
    }
    try:
        import openvino
    except ImportError:
        pass  # an extra
    else:
        names = openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        found["quick"] = [name for name in ("BF16", "INT8") if name in names]
    print(json.dumps(found))


if __name__ == "__main__":
    main()
