"""Read models: what a page shows, read in one go. They decide nothing and change nothing."""
