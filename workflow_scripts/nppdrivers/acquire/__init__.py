"""Acquisition: from an area and a period to a folder of raw inputs, fetched from public archives."""
