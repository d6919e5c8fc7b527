"""What an NPC thinks of another body: where it is, how it moves, what it will do."""
