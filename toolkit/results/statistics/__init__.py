"""What the runs of a comparison prove."""
