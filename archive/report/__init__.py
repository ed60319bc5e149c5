"""How a collection fares, as one page for people and the same figures for programs.

figures     everything that the report says, from reports, index, schedule, alarms and copies
captures    the size of each site and its newest captures, from the index
page        the figures as one HTML file that needs nothing else
plots       small plots as SVG
"""
