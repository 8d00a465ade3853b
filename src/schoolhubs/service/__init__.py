"""The web service: the programme's stages in the hands of its people.

The only package that knows Django. Its apps carry the names of the stages they store and show.
"""
