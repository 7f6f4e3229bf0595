"""Spread of NPP over a grid that is cut into tiles: what they share, and what puts them together."""


rule sample_npp_spread:
    input:
        **SPREAD_INPUTS,
    output:
        sample=temp(SPREAD_SAMPLE),
    log:
        "<logs>/sample_npp_spread.log",
    benchmark:
        "<benchmarks>/sample_npp_spread.tsv"
    conda:
        "../envs/npp.yaml"
    resources:
        mem_mb=memory(600, most_cells=BLOCK_CELLS),
        runtime=runtime(2),
    params:
        choices=SPREAD_CHOICES,
        code=code_digest("npp/sample_npp_spread"),
    message:
        "Compute the ensemble at the cells among which all tiles are ranked"
    script:
        "../workflow_scripts/npp/sample_npp_spread.py"


use rule gather_tiles as gather_npp_spread with:
    input:
        **{name: parts(path) for name, path in (SPREAD_MAPS | SPREAD_SUMS).items()},
        grid="<results>/grid/grid.json",
    output:
        **SPREAD_MAPS,
        **{name: temp(path) for name, path in SPREAD_SUMS.items()},
    log:
        "<logs>/gather_npp_spread.log",
    benchmark:
        "<benchmarks>/gather_npp_spread.tsv"
    message:
        "Put the tiles of the spread of NPP together"


rule tabulate_npp_spread:
    input:
        **SPREAD_INPUTS,
        **SPREAD_SUMS,
    output:
        **SPREAD_TABLES,
    log:
        "<logs>/tabulate_npp_spread.log",
    benchmark:
        "<benchmarks>/tabulate_npp_spread.tsv"
    conda:
        "../envs/npp.yaml"
    resources:
        mem_mb=memory(),
    params:
        choices=SPREAD_CHOICES,
        code=code_digest("npp/tabulate_npp_spread"),
    message:
        "Members, shares of the variance and single choices of the spread of NPP"
    script:
        "../workflow_scripts/npp/tabulate_npp_spread.py"
