"""Vocabulary and content: journey, assets, leads, reading, chunking, tone and pace.

Every other package imports this one first, so libraries are told here, before they are loaded, that
nothing of how they are used leaves the machine.
"""

import os

for _switch in ("ORT_DISABLE_TELEMETRY", "HF_HUB_DISABLE_TELEMETRY"):
    os.environ[_switch] = "1"  # ONNX Runtime gives the machine an id when it is imported
