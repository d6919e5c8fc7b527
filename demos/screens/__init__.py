"""The screens of the game: menu, play, pause, help, settings, end of the round."""
