"""Where the images come from: found, fetched, checked and kept."""
