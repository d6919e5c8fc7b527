"""Courier: three couriers race through a town; you close the roads, one rival has a world model of them, the other writes directions."""
