"""One renderer per kind of block; each can measure itself at a width and paint itself."""
