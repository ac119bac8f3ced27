"""Documents and data files that leave the product, one file per kind."""
