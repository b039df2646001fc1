"""What goes from results into a paper besides figures: tables, and a text on methods."""
