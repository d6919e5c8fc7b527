"""Second Guess, level *hunt*: an island, its relics, a boat, and hunters that catch by foresight."""
