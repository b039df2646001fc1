"""What every room needs and none owns: errors, files, locks, limits of what is handed in."""
