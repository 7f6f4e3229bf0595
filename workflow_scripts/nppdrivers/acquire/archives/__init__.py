"""The archives: what each has, how it is asked, and what the run reads of it."""
