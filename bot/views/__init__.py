"""Pure functions that turn values into what people and programs read."""
