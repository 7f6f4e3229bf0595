"""Write the raw data and the truth of the virtual basin."""

from nppdrivers.inputs.settings.virtual_images import Sensors
from nppdrivers.job import running
from nppdrivers.virtual_basin.simulation import simulate

if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        simulate(
            snakemake.params.folder,
            snakemake.output.truth,
            size=snakemake.params.size,
            seed=snakemake.params.seed,
            events=snakemake.params.events,
            sensors=Sensors(**snakemake.params.sensors),
            **snakemake.params.period,
        )
