"""All tests.  `python -m tests` sets up what they need and runs them; what follows it goes to pytest: `-k config`, `-m slow`."""
