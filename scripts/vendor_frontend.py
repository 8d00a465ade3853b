"""Fetch GOV.UK Frontend's finished assets and put them where the service serves them from.

Run by hand when the macros' version changes: the version must be the one govuk-frontend-jinja was
made for. Nothing else of the package is kept, and the typeface and the crown's pictures are left
out: both may be used on gov.uk only, where a deployment puts them in place itself.
"""

import hashlib
import io
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

VERSION = "6.3.0"
TO = Path(__file__).parents[1] / "src/schoolhubs/service/static/govuk"
SOURCE_MAP = r"\n?/\*# sourceMappingURL.*?\*/|\n?//# sourceMappingURL.*"
WANTED = {
    "package/dist/govuk/govuk-frontend.min.css": "govuk-frontend.min.css",
    "package/dist/govuk/govuk-frontend.min.js": "govuk-frontend.min.js",
}


def main() -> None:
    """Fetch, unpack, write, and note the digest of each file."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", f"govuk-frontend@{VERSION}"]
        subprocess.run(command, cwd=folder, check=True)
        packed = next(Path(folder).glob("*.tgz")).read_bytes()
    TO.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member, name in WANTED.items():
            held = archive.extractfile(member)
            assert held is not None, f"{member} is not in govuk-frontend {VERSION}"
            text = re.sub(SOURCE_MAP, "", held.read().decode())
            (TO / name).write_text(text)
    whole = (TO / "govuk-frontend.min.css").read_text()
    # Away from gov.uk the typeface is not ours to use.
    plain = re.sub(r"@font-face\{[^}]*\}", "", whole).replace("GDS Transport,arial", "arial")
    (TO / "plain-frontend.min.css").write_text(plain)
    (TO / "start.js").write_text('import { initAll } from "./govuk-frontend.min.js";\ninitAll();\n')
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}"
        for path in sorted(TO.iterdir())
        if path.name != "VENDORED.txt"
    ]
    about = f"govuk-frontend {VERSION}, MIT licence, Crown copyright; start.js is ours\n"
    (TO / "VENDORED.txt").write_text(about + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
