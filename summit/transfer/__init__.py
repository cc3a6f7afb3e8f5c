"""Export a summit to one encrypted archive, and import it into another installation under new primary keys."""
