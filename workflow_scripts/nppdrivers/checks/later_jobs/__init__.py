"""What later jobs refuse: asked of the inputs before any of them starts, by the functions of those jobs."""
