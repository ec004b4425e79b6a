"""README's recipe with nothing but age and curl, run as it stands there."""
import hashlib
import json
import os
import re
import subprocess
import unittest

import harness


def recipe():
    text = (harness.ROOT / "README.md").read_text()
    section = text[text.index("### With nothing but `age` and `curl`"):]
    return re.search(r"```sh\n(.*?)```", section, re.S).group(1)


class Recipe(unittest.TestCase):
    def test_a_document_goes_in_with_age_and_curl_and_is_filed(self):
        with harness.Installation() as sluis:
            handler = sluis.staff("karim")
            request = sluis.open_request(handler, "SV-2026-9600", **harness.SITE_REPORT)
            shown = sluis.shown(request["link"])
            plain = b"%PDF-1.7\n" + os.urandom(70_000)
            (sluis.folder / "report.pdf").write_bytes(plain)
            done = subprocess.run(["sh", "-eu", "-c", recipe()], cwd=sluis.folder, capture_output=True, text=True, env={
                **os.environ, "CURL_CA_BUNDLE": str(sluis.ca), "EDGE": shown["edge"], "GRANT": shown["grant"], "TOKEN": shown["accessToken"],
                "RECIPIENT": shown["recipients"][0], "ITEM": shown["items"][0]["code"], "KEY": shown["manifestKey"]})
            self.assertEqual(done.returncode, 0, done.stderr)
            sealed = json.loads(done.stdout)
            outcome = sluis.outcome(request["link"], sealed["upload"])
            self.assertEqual(outcome["state"], "filed", outcome)
            receipt = sluis.folder / "report.tlog-proof"
            receipt.write_text(sealed["receipt"])
            self.assertEqual(sluis.verify_receipt(receipt, "edge").returncode, 0)
            document, = handler.get(f"/api/v1/dossiers/{request['dossier']}")["documents"]
            filed = handler.call("GET", f"/api/v1/documents/{document['id']}/content").body
            self.assertEqual(hashlib.sha256(filed).hexdigest(), hashlib.sha256(plain).hexdigest())


if __name__ == "__main__":
    unittest.main()
