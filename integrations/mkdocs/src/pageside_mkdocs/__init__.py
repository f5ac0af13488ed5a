"""The teaching assistant of Pageside beside every page of an MkDocs site."""
