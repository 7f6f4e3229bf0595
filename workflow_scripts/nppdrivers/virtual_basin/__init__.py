"""The virtual basin: a simulated Changhe Basin in the raw formats that users have, and its truth."""
