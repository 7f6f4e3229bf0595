"""The catalogue of a run, for machines: a STAC collection, an RO-Crate, and how to cite the run."""
