"""The pages on which people answer: nobody signs in, nothing is kept but the sealed answer."""
