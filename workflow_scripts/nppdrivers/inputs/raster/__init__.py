"""Rasters of users: values in the unit of the project, cells on true ground."""
