"""The pages of a delegation, for users who act for the delegation, such as its focal points."""
