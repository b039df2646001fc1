"""What people hand in, read and checked: studies, profiles, feeders, scripts, loads."""
