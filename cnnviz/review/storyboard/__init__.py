"""The storyboard: a whole film on one page that opens anywhere and needs no network."""
