"""The pages of a delegation for those who act for it, such as its focal points."""
