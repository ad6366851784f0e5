"""Sessions followed and drawn for their audiences: fragments, layouts, rooms, replays."""
