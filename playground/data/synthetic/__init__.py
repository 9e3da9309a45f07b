"""Garments as people draw them, made up at random: silhouettes with seams, pockets and soles in a few shades.

The data set photographs every garment alike: sleeves hang, bags stand upright, shoes are low and long. Icons and
drawings spread the sleeves, tilt the bag and draw a backpack. These are such garments, of straight lines and arcs
whose proportions and details are drawn anew for each, and no picture of anybody's.
"""
