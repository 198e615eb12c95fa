"""Pages about needs: proposing one, reading them, bringing in a table."""
