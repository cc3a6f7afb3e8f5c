"""How accounts sign in: allauth's pages in the words of this house, second steps, signed-in browsers."""
