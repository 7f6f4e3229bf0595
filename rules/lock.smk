"""One run at a time on the results of a site; what a killed run left behind does not stop the next call."""

import sys

sys.path.insert(0, str(SCRIPTS))
from nppdrivers.run_lock import JOBS_VARIABLE, RunLock

RUN_LOCK = RunLock(Path(".snakemake").resolve(), config["site"])
os.environ[JOBS_VARIABLE] = str(RUN_LOCK.jobs_path)

# jobs and plans of a run (--nolock) are not runs of their own
if workflow.is_main_process and workflow.execution_settings.lock:
    RUN_LOCK.remove_stale_locks()


onstart:
    RUN_LOCK.acquire()
