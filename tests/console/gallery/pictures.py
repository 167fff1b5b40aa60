"""Every chart as a picture in both themes, wide and narrow: `python -m tests.console.gallery.pictures FOLDER`."""

import sys
from pathlib import Path

from tests.console.browsing import chromium
from tests.console.serving import serving_gallery
from tests.console.showing import open_gallery

LOOKS = (("light", 1000), ("dark", 1000), ("light", 380))


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with serving_gallery() as address, chromium() as browser:
        for theme, width in LOOKS:
            gallery = open_gallery(browser, address, theme, width=width)
            for name in gallery.names():
                gallery.chart(name).screenshot(path=folder / f"{name}-{theme}-{width}.png")
            gallery.page.context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
