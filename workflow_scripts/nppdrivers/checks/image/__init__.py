"""What a series of images must be: of known products, of plausible values."""
