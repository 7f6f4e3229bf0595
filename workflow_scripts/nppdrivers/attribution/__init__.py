"""What drives NPP, where: forests on every subset of the categories, certainty, checks, summary."""
