import os

PAGE = """
<html><head><title>x</title></head><body>hi</body></html>
"""
print(PAGE)
