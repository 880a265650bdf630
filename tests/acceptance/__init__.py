"""What the product promises about money, one file per promise, through its public face."""
