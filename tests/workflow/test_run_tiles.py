"""Stages cut into tiles: any number of them gives the same files."""

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
import yaml
from project import REPOSITORY

from attribution.correlate_locally import correlate_locally
from attribution.predict_forest import predict_forest
from attribution.resample_contributions import Resampling, resample_contributions
from attribution.tabulate_local_correlation import tabulate_local_correlation
from fusion.map_fusion_error import map_fusion_error
from grid.gather_tiles import gather_tiles
from npp.sample_npp_spread import sample_npp_spread
from npp.spread_npp import spread_npp
from npp.tabulate_npp_spread import tabulate_npp_spread
from nppdrivers.attribution import local_shares
from nppdrivers.attribution.category_forests import CategoryForests
from nppdrivers.npp import spread
from nppdrivers.npp.spread import Choices

pytestmark = pytest.mark.workflow

FILES = ["--configfile", "config/config.yaml", "tests/workflow/tiny.yaml", "tiles.yaml"]
DRIVERS = {
    "climate": {name: f"climate/mean/{name}.tif" for name in ("MAT", "MAP", "MAS", "MAE")},
    "soil": {name: f"soil/{name}.tif" for name in ("SOC", "TN", "pH")},
    "mining": {"LD": "mining/LD.tif"},
}
PATHS = [path for drivers in DRIVERS.values() for path in drivers.values()]


class Run:
    """A finished run: its settings, and files for the functions of the scripts."""

    def __init__(self, results: Path):
        self.results = results
        self.settings = yaml.safe_load((results / "settings.yaml").read_text())
        self.attribution = self.settings["attribution"]

    def path(self, name: str) -> str:
        """Path of a result."""
        return str(self.results / name)

    def inputs(self, **files: str | list[str]) -> SimpleNamespace:
        """Results by name, with the grid and the study area."""
        files |= {"grid": "grid/grid.json", "study_area": "grid/study_area.tif"}
        paths = {
            name: [self.path(one) for one in file] if isinstance(file, list) else self.path(file)
            for name, file in files.items()
        }
        return SimpleNamespace(**paths)

    def forests(self, trees: int) -> CategoryForests:
        """Plan of the forests of the run."""
        drivers = {category: list(paths) for category, paths in DRIVERS.items()}
        return CategoryForests(drivers, trees, self.attribution["forests"]["mtry"])


def span(run: Run) -> str:
    """Name of the first span of intervals."""
    return pd.read_csv(run.results / "ndvi" / "fused" / "intervals.csv")["span"][0]


def error_files(run):
    """Outputs of a tile of the standard error of the fusion, and what they are in the run."""
    return {"sd": f"ndvi/fused/{span(run)}_sd.tif"}


def map_error(run, output, tile):
    """A tile of the standard error of the fusion."""
    fine = [f"ndvi/landsat/{year}.tif" for year in (2013, 2014)]
    inputs = run.inputs(
        intervals="ndvi/fused/intervals.csv",
        model="ndvi/fusion_error.json",
        fused=f"ndvi/fused/{span(run)}.tif",
        source=f"ndvi/fused/{span(run)}_source.tif",
        fine=fine,
    )
    map_fusion_error(span=span(run), inputs=inputs, sd_path=output["sd"], tile=tile)


def local_inputs(run):
    """Files that NPP and a driver are correlated from, and the settings."""
    local = dict(run.attribution["local"])
    settings = {"windows": local.pop("window_sweep"), "seed": run.attribution["seed"], **local}
    return run.inputs(npp="npp/npp.tif", driver="mining/LD.tif"), local_shares.Settings(**settings)


def correlate(run, output, tile):
    """A tile of the local correlation."""
    inputs, settings = local_inputs(run)
    correlate_locally(
        inputs=inputs, output=SimpleNamespace(**output), name="LD", settings=settings, tile=tile
    )


def predict(run, output, tile):
    """A tile of the prediction of all drivers."""
    seed, forests = run.attribution["seed"], run.attribution["forests"]
    predict_forest(
        inputs=run.inputs(points="attribution/points.csv", drivers=PATHS),
        prediction_path=output["prediction"],
        omitted="none",
        plan=run.forests(forests["trees"]),
        seeds=range(seed, seed + forests["seeds"]),
        tile=tile,
    )


def resample(run, output, tile):
    """A tile of noise and certainty of the contributions."""
    settings = run.attribution
    maps = {name: f"attribution/{name}.tif" for name in ("actual_contribution", "shapley")}
    resample_contributions(
        inputs=run.inputs(points="attribution/points.csv", drivers=PATHS, **maps),
        output=output,
        plan=run.forests(settings["resampling"]["trees"]),
        settings=Resampling(
            settings["resampling"]["replicates"],
            settings["seed"],
            settings["block_km"],
            settings["dominant_percent"],
        ),
        threads=1,
        tile=tile,
    )


def local_tables(run, counted, folder):
    """Tables of the local correlation made of counted cells."""
    inputs, settings = local_inputs(run)
    tables = {name: folder / f"{name}.csv" for name in LOCAL_TABLES}
    inputs.counted = counted["counted"]
    tabulate_local_correlation(inputs=inputs, output=SimpleNamespace(**tables), settings=settings)
    return tables


def spread_inputs(run):
    """Files of the spread of NPP, and its choices."""
    npp, years = run.settings["npp"], (2013, 2014)
    folders = {
        "ndvi_mvc": "ndvi/monthly",
        "ndvi_doy_mean": "ndvi/monthly_doy_mean",
        "temperature": "climate/temperature",
        "precipitation": "climate/precipitation",
        "radiation": "climate/solar_radiation",
    }
    files = {name: [f"{folder}/{year}.tif" for year in years] for name, folder in folders.items()}
    tables = {f"parameters_{name}": f"npp/spread/parameters_{name}.csv" for name in ("mvc", "doy_mean")}
    inputs = run.inputs(npp="npp/npp.tif", land_cover="grid/land_cover.tif", **files, **tables)
    inputs.classes, inputs.fitted = REPOSITORY / "config" / "land_cover.csv", []
    kept = ("epsilon_max", "ndvi_bounds", "half_rule", "water", "fpar", "te2_constant")
    settings = {
        "run": {"monthly_ndvi": "mvc", "radiation_percent": 0} | {name: npp[name] for name in kept},
        "levels": npp["spread"],
        "soil_texture": npp["soil_texture"],
        "period": run.settings["period"],
    }
    return inputs, Choices.of(settings)


def spread_by_choices(run, output, tile):
    """A tile of the spread of NPP, with the sample that all share."""
    inputs, choices = spread_inputs(run)
    inputs.sample = Path(output["mean"]).with_name("sample.npz")
    if tile.startswith("1-of"):
        sample_npp_spread(inputs=inputs, sample_path=inputs.sample, choices=choices)
    spread_npp(inputs=inputs, output=SimpleNamespace(**output), choices=choices, tile=tile)


def spread_tables(run, sums, folder):
    """Tables of the spread of NPP made of sums."""
    inputs, choices = spread_inputs(run)
    inputs.sums, inputs.rank_sums = sums["sums"], sums["rank_sums"]
    tables = {name: folder / f"{name}.csv" for name in SPREAD_TABLES}
    tabulate_npp_spread(inputs=inputs, output=SimpleNamespace(**tables), choices=choices)
    return tables


LOCAL = {
    "correlation": "attribution/local/LD.tif",
    "classes": "attribution/local/LD_class.tif",
    "counted": "attribution/local/LD_cells.csv",
}
LOCAL_TABLES = {
    "shares": "attribution/local/LD.csv",
    "windows": "attribution/local/LD_windows.csv",
    "chance": "attribution/local/LD_chance.csv",
}
SPREAD = {
    "mean": "npp/spread/mean.tif",
    "sd": "npp/spread/sd.tif",
    "rank": "npp/spread/rank_spread.tif",
    "sums": "npp/spread/sums.csv",
    "rank_sums": "npp/spread/rank_sums.csv",
}
SPREAD_TABLES = {
    "members": "npp/spread/members.csv",
    "shares": "npp/spread/variance_shares.csv",
    "effects": "npp/spread/one_at_a_time.csv",
}
CERTAINTY = {
    "actual_contribution_noise": "attribution/actual_contribution_noise.tif",
    "actual_contribution_probability": "attribution/dominant_probability.tif",
    "shapley_noise": "attribution/shapley_noise.tif",
    "shapley_probability": "attribution/shapley_probability.tif",
}
PREDICTION = {"prediction": "attribution/forests/without_none.tif"}
# how a tile is made, its files, and how tables are made of sums of all tiles, with their files
STAGES = {
    "fusion error": (map_error, error_files, None, {}),
    "local correlation": (correlate, lambda run: LOCAL, local_tables, LOCAL_TABLES),
    "prediction": (predict, lambda run: PREDICTION, None, {}),
    "resampling": (resample, lambda run: CERTAINTY, None, {}),
    "spread of NPP": (spread_by_choices, lambda run: SPREAD, spread_tables, SPREAD_TABLES),
}


@pytest.fixture(scope="module")
def run(finished):
    """The finished run, whose grid is not cut."""
    return Run(finished.results)


def gathered(run, stage, count, folder):
    """Files of a stage made in so many tiles and put together, by the path in the results."""
    make, files_of, tabulate, tables = STAGES[stage]
    files = files_of(run)
    parts = {name: [] for name in files}
    for number in range(1, count + 1):
        tile = f"{number}-of-{count}"
        output = {name: str(folder / f"{name}-{tile}{Path(file).suffix}") for name, file in files.items()}
        make(run, output, tile)
        for name, path in output.items():
            parts[name].append(path)
    together = {name: folder / f"{name}{Path(file).suffix}" for name, file in files.items()}
    gather_tiles(grid_path=run.path("grid/grid.json"), parts=parts, output=together)
    made = {files[name]: path for name, path in together.items() if path.suffix == ".tif"}
    return made | ({tables[n]: path for n, path in tabulate(run, together, folder).items()} if tables else {})


def different(run, made):
    """Names of files that have not the bytes of those of the run."""
    return [name for name, path in made.items() if path.read_bytes() != (run.results / name).read_bytes()]


@pytest.mark.parametrize("count", [3, 7])
@pytest.mark.parametrize("stage", STAGES)
def test_any_number_of_tiles_gives_the_same_bytes(run, stage, count, tmp_path):
    """Rasters and tables of 3 and of 7 tiles put together are those of a job that does not cut the grid."""
    made = gathered(run, stage, count, tmp_path)
    assert len(made) > 0 and different(run, made) == []


def test_ranks_among_a_sample_do_not_depend_on_tiles(run, tmp_path, monkeypatch):
    """Where cells are ranked among some of them, maps and tables of 3 tiles are still those of one job."""
    monkeypatch.setattr(spread, "RANKED_CELLS", 150)
    inputs, choices = spread_inputs(run)
    inputs.sample = []
    names = {name: path for name, path in (SPREAD | SPREAD_TABLES).items() if "sums" not in name}
    whole = {name: tmp_path / f"whole-{Path(path).name}" for name, path in names.items()}
    spread_npp(inputs=inputs, output=SimpleNamespace(**whole), choices=choices)
    made = gathered(run, "spread of NPP", 3, tmp_path)
    assert different(run, made) == [SPREAD["rank"], SPREAD_TABLES["members"]]  # fewer ranks than in the run
    for name, path in names.items():
        assert made[path].read_bytes() == whole[name].read_bytes(), name


def test_rules_of_two_tiles_make_the_same_files(finished, copy_of_finished):
    """With `tiles: 2` the workflow makes what it makes without: rasters and tables of the stages cut."""
    first = span(Run(finished.results))
    (copy_of_finished.folder / "tiles.yaml").write_text("tiles: 2\n")
    fused = [f"ndvi/fused/{first}{end}" for end in (".tif", "_source.tif", "_sums.csv", "_sd.tif")]
    others = [
        path
        for files in (LOCAL, LOCAL_TABLES, PREDICTION, CERTAINTY, SPREAD, SPREAD_TABLES)
        for name, path in files.items()
        if name not in ("counted", "sums", "rank_sums")  # goes when the tables are made
    ]
    for paths in (others, fused):  # those of the fusion last: what rests on them would be made anew
        for path in paths:
            (copy_of_finished.results / path).unlink()
        targets = ["--rerun-triggers", "mtime", "--", *(f"results/tiny/{path}" for path in paths)]
        done = copy_of_finished.snakemake(*targets, settings=FILES)
        assert done.returncode == 0, done.stdout
        made = {path: copy_of_finished.results / path for path in paths}
        assert different(Run(finished.results), made) == []
