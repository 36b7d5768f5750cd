"""Excel files of a superior whose cells have names: which names there are, and filling them from signed reports."""
