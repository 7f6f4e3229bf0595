"""Search the archives for what an area and a period need; nothing is fetched but lists."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nppdrivers.acquire.area import Area
from nppdrivers.acquire.network.web import Client
from nppdrivers.acquire.plan import write_plan
from nppdrivers.acquire.search import Request, search
from nppdrivers.job import running


def search_archives(
    *,
    area_path: str | Path,
    outputs: Mapping[str, str],
    folder: str | Path,
    crs: str,
    years: list[int],
    sources: Sequence[str],
    request: Mapping[str, Any],
    offline: bool,
) -> None:
    """Write the plan, the stations around the area, the area itself, and whose folder it is."""
    area = Area.from_file(area_path, crs)
    for remark in area.remarks:
        logging.warning("%s: %s", area_path, remark)
    asked = Request.from_settings(area, years, sources, request)
    wanted, stations = search(asked, Client(offline=offline), Path(folder))
    area.save(outputs["area"])
    stations.to_csv(outputs["stations"], index=False)
    write_plan(wanted, outputs["plan"])
    Path(outputs["owner"]).write_text(f"{request['site']}\n", encoding="utf-8")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        search_archives(
            area_path=snakemake.input.area,
            outputs=dict(snakemake.output.items()),
            folder=snakemake.params.folder,
            crs=snakemake.params.crs,
            years=snakemake.params.years,
            sources=snakemake.params.sources,
            request=snakemake.params.request,
            # how servers are asked, not what for: no parameter, so that nothing is searched again for it
            offline=snakemake.config["acquire"]["offline"],
        )
