"""What commands that search a study at many points share: sweeps and fronts."""
