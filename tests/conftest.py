"""What holds for every test."""

import os

# Programs that the tests start shall write as they do for an operator: what C's own buffer
# holds back comes when it is full, or at the end.
os.environ.pop("PYTHONUNBUFFERED", None)
