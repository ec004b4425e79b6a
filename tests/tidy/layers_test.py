"""An include that points up or sideways does not compile. Tried with the real compiler and the real flags of each layer."""
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("SLUIS_BUILD", ROOT / "build/release"))

# layer's folder → (a header it may see, headers that it must not see)
LAYERS = {
    "crypto": ("crypto/digest.hpp", ["crypto/open/open.hpp", "policies/ids.hpp", "storage/vault.hpp", "gateway/log.hpp"]),
    "crypto/age": ("crypto/age/seal.hpp", ["crypto/open/identity.hpp", "storage/vault.hpp"]),
    "crypto/open": ("crypto/age/seal.hpp", ["policies/ids.hpp", "storage/vault.hpp", "gateway/log.hpp"]),
    "policies": ("policies/ids.hpp", ["crypto/digest.hpp", "storage/vault.hpp", "gateway/clock.hpp"]),
    "storage": ("storage/vault.hpp", ["gateway/log.hpp", "gateway/http/request.hpp", "crypto/open/open.hpp"]),
    "storage/edge": ("storage/vault.hpp", ["storage/core/*.hpp", "crypto/open/open.hpp", "gateway/log.hpp"]),
    "storage/core": ("storage/vault.hpp", ["storage/edge/*.hpp", "gateway/log.hpp"]),
    "gateway": ("gateway/log.hpp", ["storage/vault.hpp", "gateway/http/request.hpp", "crypto/open/open.hpp"]),
    "gateway/http": ("gateway/http/request.hpp", ["gateway/edge/*.hpp", "gateway/core/*.hpp", "gateway/client/https.hpp", "storage/vault.hpp"]),
    "gateway/client": ("gateway/client/https.hpp", ["gateway/http/request.hpp", "storage/vault.hpp"]),
    "gateway/edge": ("gateway/http/request.hpp", [
        "gateway/core/*.hpp", "gateway/core/router/*.hpp", "gateway/core/console/*.hpp", "gateway/core/notify/*.hpp", "gateway/cli/*.hpp",
        "gateway/client/https.hpp", "crypto/open/open.hpp", "crypto/open/identity.hpp", "storage/core/*.hpp",
    ]),
    "gateway/core": ("gateway/client/https.hpp", ["gateway/edge/*.hpp", "gateway/cli/*.hpp", "storage/edge/*.hpp", "certs/authority.hpp"]),
    "gateway/cli": ("crypto/open/open.hpp", ["gateway/edge/*.hpp", "gateway/core/*.hpp", "gateway/http/request.hpp", "storage/edge/*.hpp"]),
}


def layer_commands():
    """folder → the compiler and the flags that say what it sees, from the build itself."""
    commands = {}
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        source = pathlib.Path(entry["file"])
        if not source.is_relative_to(ROOT) or source.name == "main.cpp" or "tests" in source.relative_to(ROOT).parts:
            continue
        words = [word for word in shlex.split(entry["command"])]
        compiler = next(word for word in words if "clang" in pathlib.Path(word).name or "g++" in pathlib.Path(word).name)
        flags = []
        for index, word in enumerate(words):
            if word.startswith(("-I", "-D", "-std=")):
                flags.append(word)
            elif word == "-isystem":
                flags += [word, words[index + 1]]
        commands.setdefault(str(source.relative_to(ROOT).parent), (compiler, flags))
    return commands


def compiles(command, header):
    compiler, flags = command
    with tempfile.TemporaryDirectory() as folder:
        probe = pathlib.Path(folder) / "probe.cpp"
        probe.write_text(f'#include "{header}"\n')
        done = subprocess.run([compiler, *flags, "-fsyntax-only", probe], capture_output=True, text=True)
        return done.returncode == 0, done.stderr


class Layers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.commands = layer_commands()

    def test_every_layer_is_built_and_probed(self):
        self.assertEqual(set(LAYERS) - set(self.commands), set(), "no compile command for these folders")

    def test_a_layer_sees_what_it_names_and_nothing_else(self):
        probes = []
        for folder, (visible, hidden) in LAYERS.items():
            if folder in self.commands:
                probes.append((folder, visible, True))
                # One header stands for its folder: they share one include root.
                found = [next((str(path.relative_to(ROOT)) for path in sorted(ROOT.glob(pattern))), None) for pattern in hidden]
                self.assertNotIn(None, found, f"{folder}: the probe looks for a header that is gone: {hidden}")
                probes += [(folder, header, False) for header in found]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            answers = pool.map(lambda probe: compiles(self.commands[probe[0]], probe[1]), probes)
        for (folder, header, visible), (done, words) in zip(probes, answers, strict=True):
            with self.subTest(layer=folder, header=header, visible=visible):
                self.assertEqual(done, visible, words or "compiles")
                if not visible:
                    self.assertRegex(words, f"{re.escape(header)}('? file not found|: No such file)")


if __name__ == "__main__":
    unittest.main()
