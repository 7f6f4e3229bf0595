"""A real Slurm on this machine, and runs of the workflow on it as docs/cluster.md says."""

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from project import Project
from virtual_slurm import Job, NoSlurm, VirtualSlurm, install, wait_for

COMMAND = ["--profile", "profiles/slurm", "--workflow-profile", "none"]


@pytest.fixture(scope="session")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualSlurm]:
    """A controller and three nodes that take jobs."""
    try:
        install()
    except NoSlurm as reason:
        pytest.skip(str(reason))
    slurm = VirtualSlurm(tmp_path_factory.mktemp("slurm") / "virtual")
    try:
        slurm.start()
        yield slurm
    finally:
        slurm.stop()


class ClusterRun:
    """A run of a copy of the project on the cluster; what it says goes to a file, to be read meanwhile."""

    def __init__(self, project: Project, slurm: VirtualSlurm) -> None:
        self.project, self.slurm = project, slurm
        self.output_path = project.folder / "run.out"
        self.main: subprocess.Popen[bytes] | None = None

    def start(self, *arguments: str) -> None:
        """Call Snakemake; every call goes on in the same file."""
        # nodes on one machine see each other's files, and each other's ends, at once
        quick = ["--latency-wait", "10", "--slurm-init-seconds-before-status-checks", "2"]
        command = [sys.executable, "-m", "snakemake", *COMMAND, *quick, *arguments]
        with self.output_path.open("ab") as output:
            self.main = subprocess.Popen(
                command, cwd=self.project.folder, stdout=output, stderr=output, stdin=subprocess.DEVNULL
            )

    def output(self) -> str:
        """All its messages until now."""
        return self.output_path.read_text() if self.output_path.exists() else ""

    def wait_for_job(self, group: str, other_than: Job | None = None, timeout_s: float = 1500) -> Job:
        """Wait until a job of a group or rule runs."""
        found: list[Job] = []

        def runs() -> bool:
            assert self.main is not None and self.main.poll() is None, self.output()[-6000:]
            found[:] = [job for job in self.slurm.jobs("running") if job.comment.startswith(f"rule_{group}")]
            found[:] = [job for job in found if other_than is None or job.number != other_than.number]
            return bool(found)

        wait_for(runs, f"a running job of {group}", timeout_s)
        return found[0]

    def end(self, timeout_s: float = 1500) -> int:
        """Wait for the end of the call; its exit code."""
        assert self.main is not None
        return self.main.wait(timeout_s)

    def kill(self) -> None:
        """Kill the main process as a reboot of the login node would."""
        assert self.main is not None
        self.main.kill()
        self.main.wait()


@pytest.fixture
def call_on(slurm: VirtualSlurm) -> Iterator[Callable[[Project], ClusterRun]]:
    """Start of runs on the cluster; whatever still runs at the end of a test is killed."""
    runs = []

    def begin(project: Project) -> ClusterRun:
        runs.append(ClusterRun(project, slurm))
        return runs[-1]

    yield begin
    for run in runs:
        if run.main is not None and run.main.poll() is None:
            run.kill()
    slurm.ask("scancel", "--user=root")
    wait_for(lambda: not slurm.jobs("pending,running,completing"), "an empty queue", 60)
