#!/usr/bin/env bash
# Makes the README's picture from the sample; run it (`make picture`) when the sample email changes.
# docs/digest.html is kept beside it, so that a test can tell when the picture is out of date.
set -euo pipefail
cd "$(dirname "$0")/.."
.venv/bin/digest preview --sample -o docs/digest.html
chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --disable-background-networking \
  --force-device-scale-factor=1.5 --window-size=700,1180 --screenshot=docs/digest.png \
  "file://$PWD/docs/digest.html" 2>/dev/null
