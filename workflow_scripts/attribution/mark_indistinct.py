"""Mark the cells of the dominant category that noise could explain as well, and tabulate the classes."""

from nppdrivers import rasters
from nppdrivers.attribution import certainty
from nppdrivers.correlation.significance import class_shares
from nppdrivers.grid import Grid
from nppdrivers.job import running


def mark_indistinct(*, grid_path, study_area, values_path, noise_path, plain_path, map_path, shares_path):
    """Write the dominant category with its further code, and area shares with and without that code."""
    grid = Grid.load(grid_path)
    plain = rasters.read(plain_path, grid, bands=1)
    legend = rasters.legend(plain_path)
    distinct = certainty.exceeds_noise(rasters.read(values_path, grid), rasters.read(noise_path, grid))
    codes, legend = certainty.mark_indistinct(plain, legend, distinct)
    rasters.write(map_path, codes, grid, "dominant_category", legend=legend)
    inside = rasters.read_mask(study_area, grid)
    legend = {0: "undefined"} | legend
    table = class_shares(codes, legend, inside)
    table["share_of_all_plain"] = class_shares(plain, legend, inside)["share_of_all"]
    table.to_csv(shares_path, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        mark_indistinct(
            grid_path=snakemake.input.grid,
            study_area=snakemake.input.study_area,
            values_path=snakemake.input.values,
            noise_path=snakemake.input.noise,
            plain_path=snakemake.input.plain,
            map_path=snakemake.output.dominant,
            shares_path=snakemake.output.shares,
        )
