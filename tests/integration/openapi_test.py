"""The API's description: served by the edge, without a fault for a linter by others, and true about what the edge answers to whom.
That it names every route and no other is a unit test (gateway/edge/public_routes_test.cpp)."""
import json
import os
import subprocess
import unittest

import harness

PEERS = harness.ROOT / "tests/peers/node_modules"


class OpenApi(unittest.TestCase):
    def test_it_is_served_and_a_linter_finds_nothing(self):
        with harness.Installation() as sluis:
            handler = sluis.staff("karim")
            request = sluis.open_request(handler, "SV-2026-9500", **harness.SITE_REPORT)
            answer = sluis.uploader(request["link"]).request("GET", "/api/v1/openapi.json", token=False)
            self.assertEqual((answer.status, answer.headers["content-type"]), (200, "application/json"))
            self.assertEqual(json.loads(answer.body), json.loads((harness.ROOT / "gateway/edge/openapi.json").read_text()))
            file = sluis.folder / "openapi.json"
            file.write_bytes(answer.body)
            done = subprocess.run(["node", PEERS / "@redocly/cli/bin/cli.js", "lint", "--format", "json", file], capture_output=True, text=True,
                                  env={**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"})
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertEqual(json.loads(done.stdout)["totals"], {"errors": 0, "warnings": 0, "ignored": 0}, done.stdout)


if __name__ == "__main__":
    unittest.main()
