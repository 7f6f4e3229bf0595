"""A run as an RO-Crate: settings, software, inputs by checksum, and the results that came of them."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from rocrate.model.contextentity import ContextEntity
from rocrate.model.entity import Entity
from rocrate.model.file import File
from rocrate.rocrate import ROCrate

from nppdrivers.pages.catalogue.run import InputFile, Result, Run

VERSION = "1.1"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
# the term of the profile for a checksum, which RO-Crate itself lacks
_TERMS = {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}


def write_crate(path: Path, run: Run, results: Sequence[Result], code: Sequence[Result]) -> None:
    """Write the metadata file of the crate that the folder of results is.

    Parameters
    ----------
    path : path
        ``ro-crate-metadata.json`` in the folder of the results.
    run : Run
    results : sequence of Result
    code : sequence of Result
        Settings of the run and the digests of its code.

    References
    ----------
    RO-Crate 1.1; Process Run Crate 0.5.
    """
    crate = ROCrate(version=VERSION)
    crate.metadata.extra_terms.update(_TERMS)
    crate.name, crate.description = run.title, run.description
    now = datetime.now().astimezone().replace(microsecond=0)
    crate.datePublished = now
    crate.license = (
        _licence(crate, run) if run.licence else "No licence is stated; ask the makers of this run."
    )
    crate.root_dataset["conformsTo"] = _profile(crate)
    software = crate.add(
        ContextEntity(
            crate,
            "#software",
            {"@type": "SoftwareApplication", "name": "nppdrivers", "version": run.software},
        )
    )
    inputs = [_input(crate, run, file) for file in run.inputs]
    settings = [_result(crate, run, result) for result in code]
    action = crate.add_action(
        software,
        "#run",
        object=[*settings, *inputs],
        result=[_result(crate, run, result) for result in results],
        properties={"name": run.description, "endTime": now.isoformat()},
    )
    crate.root_dataset["mentions"] = [action]
    text = json.dumps(crate.metadata.generate(), indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _profile(crate: ROCrate) -> Entity:
    """Profile that the crate conforms to."""
    words = {"@type": "CreativeWork", "name": "Process Run Crate", "version": PROFILE.rsplit("/", 1)[-1]}
    return crate.add(ContextEntity(crate, PROFILE, words))


def _licence(crate: ROCrate, run: Run) -> Entity:
    """Licence by its address at SPDX."""
    address = f"https://spdx.org/licenses/{run.licence}"
    return crate.add(ContextEntity(crate, address, {"@type": "CreativeWork", "name": run.licence}))


def _result(crate: ROCrate, run: Run, result: Result) -> Entity:
    """File of the crate."""
    facts = {"name": result.title, "sha256": result.sha256, "contentSize": str(result.path.stat().st_size)}
    return crate.add(
        File(crate, result.path, result.path.relative_to(run.folder).as_posix(), properties=facts)
    )


def _input(crate: ROCrate, run: Run, file: InputFile) -> Entity:
    """File of the inputs: of the crate where it lies among the results, else known by its address alone."""
    address = run.address(file.path, run.folder)
    facts = {"name": f"{file.name}: {file.path.name}", "sha256": file.sha256, "contentSize": str(file.size)}
    if "://" in address:
        return crate.add(ContextEntity(crate, address, {"@type": "MediaObject", **facts}))
    return crate.add(File(crate, file.path, address, properties=facts))
