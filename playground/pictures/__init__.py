"""A picture that somebody hands in becomes an image as the data set has them."""
