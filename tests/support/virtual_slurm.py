"""A real Slurm on this one machine: controller and nodes on loopback, stopped by their own process ids.

By hand, until Enter is pressed:  python tests/support/virtual_slurm.py FOLDER
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil

PROGRAMS = {
    "munged": "munge",
    "slurmctld": "slurmctld",
    "slurmd": "slurmd",
    "squeue": "slurm-client",
}  # and the Debian package of each
# The executor plugin takes all variables SLURM_* from job steps, so that they find the settings only here.
BUILT_IN = Path("/etc/slurm")
SETTINGS = ("slurm.conf", "cgroup.conf")
OWNER = "owner"  # file with the id of the process that started the daemons
NODES = ("n1", "n2", "n3")
CONTROLLER_PORT = 16817  # and the next ones for the nodes
CPUS, NODE_MB = 8, 16000  # of a node; only declared, the machine may have less


class Job(NamedTuple):
    """A job of Slurm; the comment names its rule or group."""

    number: str
    node: str
    memory: str
    comment: str


class NoSlurm(Exception):
    """Why Slurm cannot be started here."""


def install(timeout_s: float = 180) -> None:
    """Install the Debian packages that are absent; NoSlurm with the reason where that is not possible.

    Raises
    ------
    NoSlurm
        Where this is not Debian, not root, or another Slurm is set up or runs.
    """
    if os.geteuid() != 0:
        raise NoSlurm("Slurm's daemons start jobs for users and need root")
    for path in (BUILT_IN / name for name in SETTINGS):
        if path.exists() and not path.is_symlink():
            raise NoSlurm(f"{path} are the settings of a Slurm of this machine, which stay as they are")
    end_left_over()
    with socket.socket() as trial:
        if trial.connect_ex(("127.0.0.1", CONTROLLER_PORT)) == 0:
            raise NoSlurm(f"something answers at port {CONTROLLER_PORT} already, perhaps another such Slurm")
    absent = sorted({package for program, package in PROGRAMS.items() if not shutil.which(program)})
    if not absent:
        return
    if not shutil.which("apt-get"):
        raise NoSlurm(f"not Debian, and {', '.join(absent)} are absent")
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "capture_output": True, "text": True}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *absent]):
        try:
            done = subprocess.run(["apt-get", "-q", *command], timeout=timeout_s, **quiet)
        except subprocess.TimeoutExpired as slow:
            raise NoSlurm(f"apt-get {command[0]} took more than {timeout_s:.0f} s") from slow
        if done.returncode:
            raise NoSlurm(f"apt-get {command[0]} failed: {done.stderr[-500:]}")


def end_left_over() -> None:
    """End the daemons that a killed test left, and what they run; their process ids are in its folder.

    Raises
    ------
    NoSlurm
        Where that test is still at work.
    """
    settings = BUILT_IN / SETTINGS[0]
    folder = settings.readlink().parent if settings.is_symlink() else None
    if folder is None or not (folder / OWNER).exists():
        return
    owner = int((folder / OWNER).read_text())
    if owner != os.getpid() and psutil.pid_exists(owner):
        raise NoSlurm(f"process {owner} runs tests on such a Slurm already")
    for path in folder.glob("*.pid"):
        with suppress(psutil.Error, ValueError):
            daemon = psutil.Process(int(path.read_text()))
            if daemon.name() in PROGRAMS:  # the number may be another process's by now
                daemon.kill()
                daemon.wait(10)
    VirtualSlurm(folder).stop()


def wait_for(condition: Callable[[], object], what: str, timeout_s: float = 30) -> None:
    """Wait until a condition is true; an error that says what did not come about."""
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {timeout_s:.0f} s")
        time.sleep(0.2)


class VirtualSlurm:
    """A controller, three nodes and what proves who calls (munge), with all their files in one folder.

    A step that takes more memory than its job asked for is ended, as on clusters that enforce it.
    """

    def __init__(self, folder: Path, node_mb: int = NODE_MB) -> None:
        self.folder, self.node_mb = folder, node_mb
        self.daemons: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Start everything and wait until the nodes take jobs."""
        self.folder.mkdir(parents=True)
        (self.folder / "state").mkdir()
        (self.folder / OWNER).write_text(str(os.getpid()))
        self._write_settings()
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        files = {"key-file": key, "socket": self._socket, "pid-file": self.folder / "munged.pid"}
        files |= {"log-file": self.folder / "munged.log", "seed-file": self.folder / "munged.seed"}
        # --force: a folder that others may write to, such as /tmp, would be refused
        self._run(
            "munge", "munged", "--foreground", "--force", *(f"--{key}={path}" for key, path in files.items())
        )
        wait_for(self._socket.exists, "munge's socket")
        self.start_controller()
        for node in NODES:
            self.start_node(node)
        wait_for(lambda: self.states() == dict.fromkeys(NODES, "idle"), "nodes that take jobs", 60)

    def start_controller(self) -> None:
        """Start the controller, which goes on with the jobs it knew."""
        self._run("controller", "slurmctld", "-D")

    def stop_controller(self) -> None:
        """End the controller; jobs go on."""
        self._end("controller")

    def start_node(self, node: str) -> None:
        """Start one node."""
        (self.folder / f"spool.{node}").mkdir(exist_ok=True)
        self._run(node, "slurmd", "-D", "-N", node)

    def kill_node(self, node: str) -> None:
        """Kill one node's daemon and all it runs: a lost node."""
        self._end(node, signal.SIGKILL)
        for process in self._processes(node):
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def stop(self) -> None:
        """Cancel all jobs and end all daemons and what they left."""
        if "controller" in self.daemons:
            subprocess.run(["scancel", "--user=root"], capture_output=True, timeout=30)
        for name in ("controller", *NODES):
            self._end(name)
        for node in NODES:
            for process in self._processes(node):
                with suppress(psutil.NoSuchProcess):
                    process.kill()
        self._end("munge")
        for name in SETTINGS:
            (BUILT_IN / name).unlink(missing_ok=True)

    def states(self) -> dict[str, str]:
        """State of each node, for example idle, mixed, down, drained."""
        lines = self.ask("sinfo", "-h", "-N", "-o", "%N %T").splitlines()
        return {name: state.rstrip("*") for name, state in (line.split() for line in lines)}

    def jobs(self, state: str = "all") -> list[Job]:
        """Jobs in a state, the oldest first; ended ones are remembered for a quarter of an hour."""
        shown = ["-o", "%i|%N|%m|%k", "--sort=i", f"--states={state}"]
        lines = self.ask("squeue", "-h", *shown).splitlines()
        return [Job(*line.split("|")) for line in lines]

    def ask(self, *command: str) -> str:
        """Output of one of Slurm's commands; empty while the controller does not answer."""
        return subprocess.run(command, capture_output=True, text=True, timeout=60).stdout

    @property
    def _socket(self) -> Path:
        return self.folder / "munge.socket"

    def _run(self, name: str, *command: str) -> None:
        with (self.folder / f"{name}.out").open("ab") as log:
            self.daemons[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _end(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        daemon = self.daemons.pop(name, None)
        if daemon is None:
            return
        daemon.send_signal(how)
        try:
            daemon.wait(10)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()

    def _processes(self, node: str) -> Iterator[psutil.Process]:
        """What runs on a node: the managers of its steps, then the processes of its jobs."""
        tasks = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                environment = process.environ()
                if environment.get("SLURMD_NODENAME") == node and self._is_own(process):
                    tasks.append(process)
        managers = {parent for process in tasks if (parent := _parent(process)) is not None}
        yield from (manager for manager in managers if manager.name().startswith("slurmstepd"))
        yield from tasks

    def _is_own(self, process: psutil.Process) -> bool:
        return process.pid not in {os.getpid(), *(daemon.pid for daemon in self.daemons.values())}

    def _write_settings(self) -> None:
        host = socket.gethostname().split(".")[0]
        folder = self.folder
        lines = [
            "ClusterName=virtual",
            f"SlurmctldHost={host}(127.0.0.1)",
            "SlurmUser=root",
            "SlurmdUser=root",
            "AuthType=auth/munge",
            f"AuthInfo=socket={self._socket}",
            "CommunicationParameters=NoInAddrAny",
            f"SlurmctldPort={CONTROLLER_PORT}",
            f"StateSaveLocation={folder}/state",
            f"SlurmdSpoolDir={folder}/spool.%n",
            f"SlurmctldPidFile={folder}/slurmctld.pid",
            f"SlurmdPidFile={folder}/slurmd.%n.pid",
            f"SlurmctldLogFile={folder}/slurmctld.log",
            f"SlurmdLogFile={folder}/slurmd.%n.log",
            # no control groups (containers): processes are followed through their parents
            "ProctrackType=proctrack/linuxproc",
            "TaskPlugin=task/none",
            "JobAcctGatherType=jobacct_gather/linux",
            "JobAcctGatherFrequency=2",
            # memory that processes share counts once
            "JobAcctGatherParams=OverMemoryKill,UsePss",
            "SelectType=select/cons_tres",
            "SelectTypeParameters=CR_CPU_Memory",
            "SchedulerType=sched/backfill",
            "SchedulerParameters=sched_interval=2,bf_interval=2",
            "MpiDefault=none",
            "ReturnToService=2",
            "SlurmdTimeout=10",
            "SlurmctldTimeout=20",
            "InactiveLimit=0",
            "KillWait=2",
            "MinJobAge=900",
            "JobRequeue=1",
            "SlurmdParameters=config_overrides",
            "AccountingStorageType=accounting_storage/none",
            "PartitionName=normal Nodes=ALL Default=YES MaxTime=INFINITE State=UP",
        ]
        for number, node in enumerate(NODES, start=1):
            lines.append(
                f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={CONTROLLER_PORT + number} "
                f"CPUs={CPUS} RealMemory={self.node_mb} State=UNKNOWN"
            )
        (folder / "slurm.conf").write_text("\n".join(lines) + "\n")
        # 23.02 and newer can do without control groups; 22.05 takes what it finds and does not use it
        newer = _slurm_version() >= (23, 2)
        (folder / "cgroup.conf").write_text("CgroupPlugin=disabled\n" if newer else "")
        BUILT_IN.mkdir(exist_ok=True)
        for name in SETTINGS:
            link = BUILT_IN / name
            link.unlink(missing_ok=True)
            link.symlink_to(folder / name)


def _parent(process: psutil.Process) -> psutil.Process | None:
    """Parent of a process, or nothing where either has ended."""
    with suppress(psutil.Error):
        return process.parent()
    return None


def _slurm_version() -> tuple[int, int]:
    """Year and month of the version of Slurm."""
    text = subprocess.run(["slurmd", "-V"], capture_output=True, text=True, check=True).stdout
    year, month = text.split()[1].split(".")[:2]
    return int(year), int(month)


if __name__ == "__main__":
    install()
    slurm = VirtualSlurm(Path(sys.argv[1]).resolve())
    try:
        slurm.start()
        input("Slurm runs; press Enter to stop it ")
    finally:
        slurm.stop()
