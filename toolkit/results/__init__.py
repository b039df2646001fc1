"""What a search leaves behind: tables, statistics, a folder, figures and a page."""
