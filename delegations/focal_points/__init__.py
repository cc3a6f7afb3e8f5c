"""Who acts for a party: asked for, approved, told, taken off."""
