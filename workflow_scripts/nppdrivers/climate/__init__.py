"""Monthly climate surfaces from stations, their checks and errors."""
