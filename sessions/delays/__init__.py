"""Running the day: sessions start and end, run late, and get new times, with what follows from them."""
