"""The review desk: what is wrong with a film, said before its viewers say it."""
