"""What a process has used so far."""

import re
import resource
from pathlib import Path


def peak_and_cpu() -> tuple[float, float]:
    """Greatest memory of this process [MB], without that of its parent, and processor time [s]."""
    peak_kb = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    assert peak_kb is not None
    used = resource.getrusage(resource.RUSAGE_SELF)
    return float(peak_kb[1]) * 1.024e-3, used.ru_utime + used.ru_stime
