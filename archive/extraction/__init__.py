"""A captured page to labelled blocks, metadata and a record. Nothing in here goes out to the web."""

import os

# From 1.32 on, ONNX Runtime reports its use to Microsoft and keeps a device id in the home folder, unless it finds this
# when it is imported (its Privacy.md). What people read is nobody's business.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
