"""The pages: one short script each.

`shared/navigation.py` lists them. They are not in a folder `pages` beside the frame: Streamlit takes such a folder
for its older kind of menu, and then a test without a browser runs a page without the frame around it.
"""
