"""Documents on paper: made by typst, tagged for readers of screens (PDF/UA-1), with fonts that lie here."""
