"""Safe Hands: the player throws balls off tables and ramps, and a keeper that learns how they fly tries to catch them."""
