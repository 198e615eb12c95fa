"""How the project runs: demo, tests, checks, containers. Nothing here is imported by an app."""
