"""What mining does in the virtual basin: survey of hazards, land degradation, histories of mines."""
