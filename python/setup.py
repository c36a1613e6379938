"""What pyproject.toml cannot say: the package remembers the checkout that it was installed from, where the library may
have been built, and building it leaves nothing in there."""

import pathlib
import tempfile

from setuptools import setup
from setuptools.command.build_py import build_py

SCRATCH = tempfile.TemporaryDirectory(prefix="abscopal-python-")


class BuildWithCheckout(build_py):
    """build_py that adds checkout.txt."""

    def run(self) -> None:
        super().run()
        if self.build_lib:
            package = pathlib.Path(self.build_lib) / "abscopal"
            package.mkdir(parents=True, exist_ok=True)
            (package / "checkout.txt").write_text(f"{pathlib.Path(__file__).resolve().parents[1]}\n", encoding="utf-8")


setup(cmdclass={"build_py": BuildWithCheckout},
      options={"build": {"build_base": SCRATCH.name}, "egg_info": {"egg_base": SCRATCH.name}})
