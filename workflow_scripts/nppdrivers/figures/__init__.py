"""Figures of a run: arrays, tables and a Grid in, a matplotlib Figure out; `canvas.save` writes it."""
