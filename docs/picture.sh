#!/usr/bin/env bash
# Makes the README's picture from the sample; run it (`make picture`) when the sample email changes.
# docs/digest.html is kept beside it, so that a test can tell when the picture is out of date.
set -euo pipefail
cd "$(dirname "$0")/.."
.venv/bin/digest preview --sample -o docs/digest.html
chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --disable-background-networking \
  --window-size=1160,1176 --screenshot=docs/digest.png "file://$PWD/docs/picture.html" 2>/dev/null
