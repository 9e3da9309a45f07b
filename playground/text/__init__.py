"""How values, names and files are put into words; reading JSON that people wrote."""
