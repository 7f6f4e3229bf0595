"""The hazard survey and the tables of settings that go with it."""
