"""API credentials: made in the console and shown once, used by `sluis send`, replaced with an overlap, revoked, run out; nothing of the
secret stays in core, and nobody else's console knows them."""
import base64
import json
import unittest

import harness
import search
from harness import in_days, wait_until
from link import Uploader, age_encrypt

PLAIN = b"%PDF-1.7 werfverslag van de week " * 50
ITEMS = ["site-report", "photo"]


class Credentials(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sluis = cls.enterClassContext(harness.Installation())
        cls.handler = cls.sluis.staff("karim")
        cls.request = cls.sluis.open_request(cls.handler, "SV-2026-00501", **{**harness.SITE_REPORT, "items": ITEMS})
        cls.place = f"/api/v1/requests/{cls.request['request']}/credentials"
        cls.codes = cls.sluis.shown(cls.request["link"])
        cls.folder = cls.sluis.core_folder.parent / "contractor"
        cls.folder.mkdir()

    def make(self, items=("site-report",), days=90, label="Werfserver"):
        answer = self.handler.call("POST", self.place, {"label": label, "items": list(items), "expiresAt": in_days(days)})
        self.assertEqual(answer.headers["cache-control"], "no-store")
        self.assertEqual(answer.status, 201)
        return answer.json

    def rotate(self, made, hours):
        return self.handler.post(f"/api/v1/credentials/{made['id']}/rotation", {"overlapHours": hours})

    def file_of(self, made):
        file = self.folder / f"{made['id']}.json"
        file.write_text(json.dumps(made["credential"]))
        return file

    def shown(self, made):
        """What `credential show` says, once the edge has the posting."""
        return self.sluis.shown(made["credential"]["link"])

    def send(self, made, name, item=None, check=True):
        document = self.folder / name
        document.write_bytes(PLAIN)
        return self.sluis.sluis("send", "--credential", self.file_of(made), "--ca", self.sluis.ca, *(["--item", item] if item else []), "--json",
                                document, check=check)

    def sent(self, made, name):
        """Sends a document and waits until it is in the dossier."""
        self.shown(made)
        upload = json.loads(self.send(made, name).stdout)["upload"]
        outcome = self.sluis.outcome(made["credential"]["link"], upload)
        self.assertEqual(outcome["state"], "filed", outcome)
        return upload

    def state(self, made):
        return {line["id"]: line["state"] for line in self.handler.get(self.place)}[made["id"]]

    def uploader(self, made):
        """Knows the items' codes from the mailed link, so that a refusal is not for want of one."""
        uploader = Uploader(made["credential"]["link"], self.sluis.ca, self.codes)
        self.addCleanup(uploader.close)
        return uploader

    def refused(self, made, seconds=10):
        """Waits until the edge knows that this credential is over; gives its refusal of a new upload."""
        uploader = self.uploader(made)

        def over():
            posting = uploader.posting().json
            return posting["state"] != "open" or posting["expiresAt"] <= in_days(0)
        wait_until(over, "the edge to know", seconds)
        answer = uploader.create(1000)
        self.assertEqual((answer.status, answer.json["type"]), (403, "urn:sluis:problem:forbidden"))
        return answer

    def test_what_it_sends_is_filed_under_the_request_and_the_file_says_what_it_is_for(self):
        made = self.make(label="Werfserver Gent é")
        file = made["credential"]
        self.assertEqual((file["v"], file["label"], file["expiresAt"]), (1, "Werfserver Gent é", made["expiresAt"]))
        self.assertTrue(file["link"].startswith(f"{self.sluis.edge_url}/u#{made['id']}."))
        self.shown(made)
        shown = self.sluis.sluis("credential", "show", self.file_of(made), "--ca", self.sluis.ca, "--json")
        self.assertEqual(len(json.loads(shown.stdout)["items"]), 1)
        self.sent(made, "verslag.pdf")
        page = self.handler.get(f"/api/v1/dossiers/{self.request['dossier']}")
        self.assertGreaterEqual(page["requests"][0]["items"][0]["received"], 1)
        self.assertTrue(page["requests"][0]["credentials"])
        by = [entry["by"] for entry in page["timeline"] if entry["act"] == "credential.created"]
        self.assertIn("Karim Haddad", by)

    def test_nothing_of_the_secret_is_in_anything_core_keeps(self):
        made = self.make()
        self.sent(made, "kanarie.pdf")
        link = made["credential"]["link"]
        text = link.rsplit(".", 1)[1]
        key = base64.urlsafe_b64decode(text + "=")
        token = self.uploader(made).token
        secrets = {"link secret": text, "link secret bytes": key, "access token": token, "token bytes": base64.urlsafe_b64decode(token + "=")}
        found = search.search(self.sluis.core_folder, secrets) | search.search(self.sluis.edge_folder, secrets)
        self.assertEqual(found, {})
        self.assertEqual(search.search(self.sluis.logs, secrets), {})
        self.assertNotIn(text.encode(), self.handler.request("GET", self.place).body)
        # And the search does find what is there: the grant's id, which is no secret.
        self.assertTrue(search.search(self.sluis.core_folder / "state", {"grant": made["id"]}))

    def test_both_work_while_the_overlap_lasts(self):
        old = self.make()
        self.shown(old)
        new = self.rotate(old, 24)
        self.assertEqual((new["label"], new["items"]), (old["label"], old["items"]))
        self.assertNotEqual(new["credential"]["link"], old["credential"]["link"])
        self.sent(new, "nieuw.pdf")
        self.sent(old, "oud.pdf")
        self.assertEqual((self.state(old), self.state(new)), ("expiring", "active"))
        ends = {line["id"]: line["expiresAt"] for line in self.handler.get(self.place)}
        self.assertLess(ends[old["id"]], in_days(1.01))
        self.assertLess(old["expiresAt"], in_days(90.01))
        again = self.handler.request("POST", f"/api/v1/credentials/{old['id']}/rotation", {"overlapHours": 1})
        self.assertEqual(again.status, 409)

    def test_without_an_overlap_the_old_one_is_refused_and_the_new_one_works(self):
        old = self.make()
        self.sent(old, "voor.pdf")
        new = self.rotate(old, 0)
        self.assertEqual(self.refused(old).headers["content-type"].split(";")[0], "application/problem+json")
        done = self.send(old, "na.pdf", check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.sent(new, "na.pdf")
        self.assertEqual(self.state(old), "expired")

    def test_a_revoked_one_is_refused_within_seconds_and_its_upload_under_way_ends(self):
        made, other = self.make(), self.make()
        self.shown(made)
        uploader = self.sluis.uploader(made["credential"]["link"])
        body = age_encrypt(uploader.recipient, PLAIN)
        upload = uploader.create(len(body)).headers["location"].rsplit("/", 1)[-1]
        self.assertEqual(uploader.patch(upload, 0, body[:200]).status, 204)
        self.assertEqual(self.handler.call("DELETE", f"/api/v1/credentials/{made['id']}", {}).status, 204)
        self.refused(made, seconds=10)
        self.assertIn(uploader.patch(upload, 200, body[200:]).status, (403, 404, 410))
        self.assertIn(uploader.head(upload).status, (403, 404, 410))
        self.assertEqual(self.state(made), "revoked")
        self.assertEqual(self.handler.request("DELETE", f"/api/v1/credentials/{made['id']}", {}).status, 409)
        self.sent(other, "blijft.pdf")
        mailed = self.sluis.uploader(self.request["link"])
        self.assertEqual(mailed.posting().json["state"], "open")

    def test_one_that_has_run_out_is_refused(self):
        made = self.make(days=6 / 86400)
        self.shown(made)
        self.refused(made)
        self.assertEqual(self.state(made), "expired")

    def test_an_item_it_is_not_for_is_refused(self):
        codes = [item["code"] for item in self.codes["items"]]
        made = self.make(items=["photo"])
        own = [item["code"] for item in self.shown(made)["items"]]
        self.assertEqual(own, codes[1:])
        uploader = self.sluis.uploader(made["credential"]["link"])
        self.assertEqual(uploader.create(1000, item=codes[0]).status, 422)
        self.assertEqual(self.send(made, "elders.pdf", item=codes[0], check=False).returncode, 2)
        self.assertEqual(uploader.create(1000, item=codes[1]).status, 201)

    def test_bad_input_makes_none_and_loses_none(self):
        before = self.handler.get(self.place)
        good = {"label": "x", "items": ["photo"], "expiresAt": in_days(9)}
        for change in ({"label": ""}, {"label": "a\nb"}, {"label": 7}, {"items": []}, {"items": ["photo", "photo"]}, {"items": ["drawing"]},
                       {"items": "photo"}, {"expiresAt": in_days(-1)}, {"expiresAt": in_days(401)}, {"expiresAt": "morgen"}):
            with self.subTest(change):
                answer = self.handler.request("POST", self.place, good | change)
                self.assertEqual((answer.status, answer.headers["content-type"]), (422, "application/problem+json"))
        self.assertEqual(self.handler.get(self.place), before)

    def test_another_handler_finds_nothing(self):
        made = self.make()
        other, nobody = self.sluis.staff("sofie"), "0" * 32
        body = {"label": "x", "items": ["photo"], "expiresAt": in_days(9)}
        for method, path, content in [
            ("GET", "/api/v1/requests/{}/credentials", None), ("POST", "/api/v1/requests/{}/credentials", body),
            ("POST", "/api/v1/credentials/{}/rotation", {"overlapHours": 1}), ("DELETE", "/api/v1/credentials/{}", {}),
        ]:
            with self.subTest(f"{method} {path}"):
                there = other.request(method, path.format(self.request["request"] if "requests" in path else made["id"]), content)
                nowhere = other.request(method, path.format(nobody), content)
                self.assertEqual((there.status, there.body), (404, nowhere.body))
        self.assertEqual(self.state(made), "active")

    def test_the_log_names_who_and_which_and_not_the_label(self):
        made = self.make(label="Kanarie-etiket-771")
        new = self.rotate(made, 1)
        self.handler.call("DELETE", f"/api/v1/credentials/{new['id']}", {})
        entries = [json.loads(row[0]) for database in harness.databases(self.sluis.core_folder / "state")
                   for row in harness.query(database, "SELECT leaf FROM log_entry ORDER BY seq")]
        about = [entry for entry in entries if entry.get("grant") in (made["id"], new["id"]) and entry["act"].startswith("credential.")]
        self.assertEqual([entry["act"] for entry in about], ["credential.created", "credential.rotated", "credential.revoked"])
        for entry in about:
            self.assertEqual(entry["request"], self.request["request"])
            self.assertTrue(entry["staff"])
        self.assertNotIn("Kanarie-etiket-771", json.dumps(entries))

    def test_a_provider_with_a_code_gets_none(self):
        handler = self.sluis.staff("sofie")
        request = self.sluis.open_request(handler, "SOC-2026-00502")
        answer = handler.request("POST", f"/api/v1/requests/{request['request']}/credentials",
                                 {"label": "x", "items": ["medical-report"], "expiresAt": in_days(9)})
        self.assertEqual(answer.status, 422)
        self.assertFalse(handler.get(f"/api/v1/dossiers/{request['dossier']}")["requests"][0]["credentials"])


class AfterARestart(unittest.TestCase):
    def test_credentials_and_their_ends_outlive_a_kill_of_core(self):
        with harness.Installation() as sluis:
            handler = sluis.staff("karim")
            request = sluis.open_request(handler, "SV-2026-00503", **harness.SITE_REPORT)
            place = f"/api/v1/requests/{request['request']}/credentials"
            kept, revoked = (handler.post(place, {"label": "x", "items": ["site-report"], "expiresAt": in_days(9)}) for _ in range(2))
            uploader = sluis.uploader(revoked["credential"]["link"])
            self.assertEqual(uploader.posting().json["state"], "open")
            handler.call("DELETE", f"/api/v1/credentials/{revoked['id']}", {})
            sluis.core.kill()
            sluis.start_core()
            handler = sluis.staff("karim")
            states = {line["id"]: line["state"] for line in handler.get(place)}
            self.assertEqual(states, {kept["id"]: "active", revoked["id"]: "revoked"})
            wait_until(lambda: uploader.posting().json["state"] == "closed", "the edge to know")
            self.assertEqual(uploader.create(1000).status, 403)


if __name__ == "__main__":
    unittest.main()
