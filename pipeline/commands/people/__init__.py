"""Commands about people: what is learnt from their events, and how well that does."""
