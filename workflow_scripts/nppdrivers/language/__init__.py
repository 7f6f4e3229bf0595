"""Texts of figures and pages in the language of a run."""
