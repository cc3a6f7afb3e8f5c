"""The first steps of an installation: which there are, their forms and their pages."""
