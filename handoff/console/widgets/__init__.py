"""The console's own building blocks: plain HTML elements, and four small Vue components.

Text always goes through `Text`, a text node in the browser. Nothing here takes HTML.
"""
