"""Weather observations: tables and files of weather services."""
