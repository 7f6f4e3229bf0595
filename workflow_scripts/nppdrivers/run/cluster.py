"""Slurm before a run: whether it takes jobs as asked, and jobs that a killed run left in its queue."""

import logging
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

# Resources of jobs that name what a cluster has, and Slurm's options for them.
OPTIONS = {"slurm_partition": "partition", "slurm_account": "account", "qos": "qos"}


def refuse_unknown_names(asked: Mapping[str, object]) -> None:
    """End a run whose partition, account or quality of service Slurm does not take, before any job.

    Parameters
    ----------
    asked : mapping
        Name to value of the resources of a job, as in ``OPTIONS``; those without a value are left to Slurm.

    Raises
    ------
    ValueError
        Where Slurm refuses a job with them, with its reason and what there is instead.
    """
    given = {option: str(asked[name]) for name, option in OPTIONS.items() if asked.get(name)}
    test = [
        "sbatch",
        "--test-only",
        "--time=1",
        "--mem=1",
        *(f"--{key}={value}" for key, value in given.items()),
    ]
    done = _call([*test, "--wrap=true"])
    refusal = " ".join(done.stderr.split()).removeprefix("sbatch: error: ") if done.returncode else ""
    if "account" in given and not refusal:
        refusal = _account_problem(given["account"])
    if refusal:
        names = (
            ", ".join(f"{option} {value}" for option, value in given.items()) or "the defaults of the cluster"
        )
        raise ValueError(
            f"Slurm takes no job with {names}: {refusal}. No job was submitted. Partitions of this cluster: "
            f"{_partitions()}. Put it right under default-resources in profiles/slurm/config.yaml."
        )


class LeftJobs:
    """Jobs of the runs of one site, which Slurm goes on with when their run is killed.

    Parameters
    ----------
    path : path
        File that keeps the name under which the jobs of the last run are in the queue.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def cancel(self) -> None:
        """Cancel the jobs of the last run and wait until none is left; its run must be dead.

        Raises
        ------
        ConnectionError
            Where Slurm does not answer.
        TimeoutError
            Where a job does not end.
        """
        if not self.path.exists() or not shutil.which("squeue"):
            return
        name = self.path.read_text().strip()
        if jobs := _queued(name):
            logging.getLogger(__name__).warning(
                "A run that was killed left %d jobs in Slurm's queue; cancelling them: %s",
                len(jobs),
                ", ".join(jobs),
            )
            _call(["scancel", f"--name={name}"])
            self._wait(name)
        self.path.unlink()

    def remember(self, name: str) -> None:
        """Keep the name that the jobs of this run have in the queue."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(name)

    def _wait(self, name: str, timeout_s: float = 300) -> None:
        end = time.monotonic() + timeout_s
        while left := _queued(name):
            if time.monotonic() > end:
                raise TimeoutError(
                    f"jobs {', '.join(left)} of a killed run do not end; cancel them by scancel"
                )
            time.sleep(1)


def _account_problem(account: str) -> str:
    """Why the executor would not submit for an account; empty where it would."""
    # the executor asks by itself, and waits for ever where the answer is no and the first job is a group
    from snakemake_executor_plugin_slurm.accounts import validate_account
    from snakemake_interface_common.exceptions import WorkflowError

    try:
        validate_account(account, logging.getLogger(__name__))
    except FileNotFoundError as error:
        return f"the account cannot be looked up ({error.filename} is not installed); leave it empty"
    except WorkflowError as error:
        if "appears to be invalid" in str(error):
            return " ".join(str(error).split())
        return "this Slurm keeps no accounts; leave the account empty"
    return ""


def _queued(name: str) -> list[str]:
    """Ids of the jobs of a name that wait or run."""
    done = _call(["squeue", "--noheader", f"--name={name}", "--format=%i"])
    if done.returncode:
        raise ConnectionError(
            "Slurm does not answer, and jobs of a killed run may still be queued; call again once it does: "
            + " ".join(done.stderr.split())
        )
    return done.stdout.split()


def _partitions() -> str:
    """Names of the partitions, the default one with a star."""
    found = _call(["sinfo", "--noheader", "--format=%P"]).stdout.split()
    return ", ".join(sorted(set(found))) or "unknown (sinfo does not answer)"


def _call(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
