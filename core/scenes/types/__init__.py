"""What a scene is: the types that both kinds of input fill in."""
