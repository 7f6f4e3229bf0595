"""Maps for other programs: colours, class names, overviews, and a project that shows them."""
