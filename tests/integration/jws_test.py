"""Our JSON Web Signatures beside npm's `jose`: what it signs we verify, what it changes we refuse, and it verifies what we sign."""
import base64
import json
import os
import pathlib
import secrets
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("SLUIS_BUILD", ROOT / "build/release"))
CHECK = BUILD / "bin" / "jws_check"
PEER = pathlib.Path(__file__).with_name("jws_peer.mjs")
ROUNDS = 40


def peer(*words):
    return subprocess.run(["node", PEER, *map(str, words)], check=True, capture_output=True, text=True, timeout=120).stdout


def ours(cases):
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    done = subprocess.run([CHECK], input=lines, check=True, capture_output=True, text=True, timeout=120)
    return done.stdout.splitlines()


class Jose(unittest.TestCase):
    def test_what_jose_signs_is_verified_and_what_it_changes_is_refused(self):
        seed = secrets.randbelow(1 << 32)
        cases = [json.loads(line) for line in peer("make", ROUNDS, seed).splitlines()]
        good = [case for case in cases if case["expected"] != "refused"]
        self.assertEqual(len(good), 4 * (ROUNDS + 1))
        self.assertGreater(len(cases) - len(good), 4 * 3 * ROUNDS)
        for case, answer in zip(cases, ours(cases), strict=True):
            with self.subTest(seed=seed, algorithm=case["algorithm"], why=case["why"], token=case["token"]):
                self.assertEqual(answer, case["expected"])

    def test_jose_verifies_what_we_sign(self):
        for size in (32, 33, 64, 100):
            secret = base64.urlsafe_b64encode(secrets.token_bytes(size)).decode().rstrip("=")
            payload = json.dumps({"iss": "sluis", "size": size, "text": "déjà"}, ensure_ascii=False)
            [token] = ours([{"secret": secret, "payload": payload}])
            found = json.loads(peer("check", secret, token))
            self.assertEqual(found, {"payload": payload, "header": {"alg": "HS256", "kid": "a key", "typ": "JWT"}})
        self.assertEqual(ours([{"secret": base64.urlsafe_b64encode(bytes(31)).decode().rstrip("="), "payload": ""}]), ["refused"])


if __name__ == "__main__":
    unittest.main()
