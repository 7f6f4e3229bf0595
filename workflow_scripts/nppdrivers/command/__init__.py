"""The command `nppdrivers`: runs of the workflow without make, from any folder."""
