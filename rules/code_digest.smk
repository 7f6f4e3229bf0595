"""Reruns: a digest of the code that a script runs, as a parameter of its rule; Snakemake watches only the script."""

from nppdrivers.run.code_digests import CodeDigests

# Snakemake's records, and what this workflow keeps with them
RECORDS = Path(".snakemake").resolve()
CODE = CodeDigests(SCRIPTS, RECORDS / "nppdrivers" / "code_digests.json")
code_digest = CODE.digest
