"""One run at a time on the results of a site, what a killed run leaves behind, and results without records."""

from snakemake.dag import DAG
from snakemake.jobs import GroupJob, GroupJobFactory
from snakemake.logging import logger

from nppdrivers.run.clock import refuse_inputs_from_the_future
from nppdrivers.run.cluster import OPTIONS, LeftJobs, refuse_unknown_names
from nppdrivers.run.lock import JOBS_VARIABLE, RunLock
from nppdrivers.run.progress import AtProgress, Progress, Step
from nppdrivers.run.records import changes_without_records

RUN_LOCK = RunLock(RECORDS, config["site"], RAW if IS_ACQUIRED else "")
# jobs of a run, and the graph that a job asks for, are no runs of their own
IS_RUN = workflow.is_main_process and JOBS_VARIABLE not in os.environ
os.environ[JOBS_VARIABLE] = str(RUN_LOCK.jobs_path)
LEFT_JOBS = LeftJobs(RUN_LOCK.folder / "nppdrivers" / f"{config['site']}.slurm")


def refuse_results_without_records():
    """End here where results that were made elsewhere differ in settings or code from this call."""
    folder = f"results/{config['site']}"
    changes = changes_without_records(folder, RECORDS, config, CODE.asked)
    # Snakemake has read its own arguments, but does not show them to a workflow yet
    if changes and not {"--forceall", "-F"} & set(sys.argv):
        raise WorkflowError(
            f"{folder} was made elsewhere, or its records (.snakemake) are lost, and this call differs from it:\n  - "
            + "\n  - ".join(changes)
            + "\nWhat rests on these cannot be known. Add --forceall to compute everything anew, or bring back the "
            "records, the settings or the version that the results were made with."
        )


def refuse_late_inputs():
    """End here where a file that no step of this run makes is newer than now."""
    jobs = list(workflow.dag.needrun_jobs())
    made = {str(path) for job in jobs for path in job.output}
    refuse_inputs_from_the_future({str(path) for job in jobs for path in job.input} - made)


def refuse_names_unknown_to_slurm():
    """End here where Slurm does not take what a job asks for by name."""
    jobs = [job for job in workflow.dag.needrun_jobs() if not job.is_local]
    asked = {tuple(job.resources.get(name) for name in OPTIONS) for job in jobs}
    for values in sorted(asked, key=str):
        refuse_unknown_names(dict(zip(OPTIONS, values)))


def say_progress():
    """Say what is to do and how long it takes, now and whenever jobs have ended."""
    progress, grid = Progress(workflow.cores), workflow.pathvars.apply("<results>/grid/grid.json")

    def steps(jobs):
        return [
            Step(
                job.rule.name,
                Path(job.rule.script).parent.name,
                TILES if "scatteritem" in job.wildcards_dict else 1,
            )
            for job in jobs
            if job.rule.script
        ]

    def after_a_job(finished):
        if not progress.is_due(cells_in(grid)):
            return
        jobs = set(workflow.dag.needrun_jobs(exclude_finished=False))
        left = {job for job in jobs if job.jobid not in finished}
        if remaining := steps(left):
            logger.info(progress.line(remaining, steps(jobs - left), cells_in(grid)))

    logger.info(progress.before(steps(workflow.dag.needrun_jobs()), cells_in(grid)))
    logger.addHandler(AtProgress(after_a_job))


# Snakemake forms the groups anew after every checkpoint, from groups that it keeps and has already put in order: what is
# merged into one of these is left out of its order, and jobs of former states stay in it. New ones have neither.
GroupJobFactory.new = lambda self, name, jobs, resources: GroupJob(name, frozenset(jobs), resources)

# It judges anew, too, which jobs have to run, but keeps what was found before: that what they read would be renewed.
# So they would run after the checks have admitted a changed table, though they read files that stay as they are.
judge_jobs = DAG.update_needrun


async def judge_waiting_jobs(dag, *arguments, **options):
    """Find out which jobs have to run, from nothing for those that wait."""
    for job in dag.jobs:
        if not (dag.finished(job) or dag.is_running(job)):
            dag.reason(job).clear()
    await judge_jobs(dag, *arguments, **options)


DAG.update_needrun = judge_waiting_jobs

CODE.remember()
if IS_RUN:
    RUN_LOCK.remove_stale_locks()
    refuse_results_without_records()


onstart:
    RUN_LOCK.acquire()
    LEFT_JOBS.cancel()
    RUN_LOCK.wait_for_jobs()
    refuse_late_inputs()
    if workflow.executor_plugin.name == "slurm":
        refuse_names_unknown_to_slurm()
        LEFT_JOBS.remember(workflow.scheduler._executor.run_uuid)
    # A limit of jobs per time makes Snakemake look at all waiting jobs once a span more often with every job that
    # has ended: thousands of rounds, each asking the size of every input. A queue needs the limit, own cores do not.
    if workflow.local_exec:
        workflow.scheduler.job_rate_limiter = None
        say_progress()


onsuccess:
    page = Path(workflow.pathvars.apply("<results>/index.html"))
    if page.exists():
        print(
            f"Results of {config['title']}: open {page}. In the same folder: project.qgz and vectors.gpkg for QGIS, maps/ "
            "(GeoTIFF), cubes/ (NetCDF), figures/ (PNG), and the tables (CSV) by stage.",
            file=sys.stderr,
        )
