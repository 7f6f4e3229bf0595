"""Models of image fusion that the stage can use, and the table of them."""
