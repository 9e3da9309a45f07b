"""What several pages share: the run, the epoch, the picture they look at."""
