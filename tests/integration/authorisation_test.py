"""Deny by default, on the running programs: every route of the console × every kind of caller, and no uploader sees another's upload."""
import base64
import hashlib
import os
import unittest

import harness
from console import Console
from link import age_encrypt

NOBODY_ID = "0" * 32
CALLERS = ["nobody", "handler", "other handler", "doctor", "other doctor", "dpo", "operator"]
STAFF = {"handler": "sofie", "other handler": "karim", "doctor": "dr.peeters", "other doctor": "dr.claes", "dpo": "dpo", "operator": "ops"}


class ConsoleRoutes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sluis = cls.enterClassContext(harness.Installation())
        cls.callers = {name: cls.sluis.staff(user) for name, user in STAFF.items()}
        cls.callers["nobody"] = Console(cls.sluis.console_port, cls.sluis.ca)
        handler = cls.callers["handler"]
        cls.request = cls.sluis.open_request(handler, "SOC-2026-00940")
        uploader = cls.sluis.uploader(cls.request["link"])
        cls.plain = b"%PDF-1.7 alleen voor de adviserend arts"
        answer, upload = uploader.send(cls.plain, "medisch.pdf")
        assert cls.sluis.outcome(cls.request["link"], upload)["state"] == "filed", answer
        cls.document = handler.get(f"/api/v1/dossiers/{cls.request['dossier']}")["documents"][0]["id"]

    def statuses(self, method, path, body=None, fresh=None):
        """caller → status. `fresh` gives each caller a body of its own, so that one's success does not make the next one's conflict."""
        found = {}
        for number, name in enumerate(CALLERS):
            found[name] = self.callers[name].request(method, path, fresh(number) if fresh else body).status
        return found

    def assert_statuses(self, found, allowed, status, refused):
        for name, got in found.items():
            want = status if name in allowed else 401 if name == "nobody" else refused
            with self.subTest(caller=name):
                self.assertIn(got, want if isinstance(want, tuple) else (want,))

    def test_without_a_session_every_route_is_401_and_says_nothing_more(self):
        dossier, document = self.request["dossier"], self.document
        bodies = set()
        for method, path in [
            ("GET", "/api/v1/session"), ("GET", "/api/v1/case-types"), ("GET", "/api/v1/dossiers"), ("POST", "/api/v1/dossiers"),
            ("GET", f"/api/v1/dossiers/{dossier}"), ("POST", f"/api/v1/dossiers/{dossier}/parties"),
            ("POST", f"/api/v1/dossiers/{dossier}/consents"), ("POST", f"/api/v1/consents/{self.request['consent']}/withdraw"),
            ("POST", f"/api/v1/dossiers/{dossier}/requests"), ("GET", "/api/v1/inbox"), ("POST", f"/api/v1/inbox/{NOBODY_ID}/done"),
            ("GET", f"/api/v1/documents/{document}/content"), ("GET", f"/api/v1/dossiers/{NOBODY_ID}"),
            ("GET", f"/api/v1/documents/{NOBODY_ID}/content"), ("GET", f"/api/v1/requests/{self.request['request']}/credentials"),
            ("POST", f"/api/v1/requests/{self.request['request']}/credentials"), ("DELETE", f"/api/v1/credentials/{self.request['grant']}"),
            ("POST", f"/api/v1/credentials/{NOBODY_ID}/rotation"),
            ("GET", f"/api/v1/documents/{NOBODY_ID}/content"), ("POST", f"/api/v1/documents/{document}/releases"),
            ("DELETE", f"/api/v1/releases/{NOBODY_ID}"),
        ]:
            with self.subTest(f"{method} {path}"):
                answer = self.callers["nobody"].request(method, path, None if method == "GET" else {})
                self.assertEqual(answer.status, 401)
                bodies.add(answer.body)
        self.assertEqual(len(bodies), 1, "the same for what exists and what does not")

    def test_a_made_up_cookie_is_nobody(self):
        for cookie in ("__Host-session=" + "0" * 64, "__Host-session=", "__Host-session=../../x", "session=1"):
            answer = self.callers["nobody"].request("GET", "/api/v1/dossiers", headers={"Cookie": cookie})
            self.assertEqual(answer.status, 401)

    def test_a_wrong_password_and_an_unknown_user_look_alike(self):
        console = self.callers["nobody"]
        wrong = console.request("POST", "/api/v1/session", {"user": "sofie", "password": "x" * 16})
        unknown = console.request("POST", "/api/v1/session", {"user": "nemo", "password": "x" * 16})
        self.assertEqual((wrong.status, wrong.body), (unknown.status, unknown.body))
        self.assertEqual(wrong.status, 401)
        self.assertNotIn("set-cookie", wrong.headers)

    def test_only_handlers_open_dossiers(self):
        fresh = lambda number: {"caseType": "city-renewal", "caseNumber": f"SV-2026-77{number}", "subject": "x", "advisingDoctor": None}
        self.assert_statuses(self.statuses("POST", "/api/v1/dossiers", fresh=fresh), ("handler", "other handler"), 201, (403, 404))

    def test_a_dossier_is_its_handlers_and_its_advising_doctors(self):
        found = self.statuses("GET", f"/api/v1/dossiers/{self.request['dossier']}")
        self.assert_statuses({name: status for name, status in found.items() if name != "dpo"}, ("handler", "doctor"), 200, 404)
        listed = {name: [entry["id"] for entry in self.callers[name].get("/api/v1/dossiers")] for name in STAFF
                  if self.callers[name].request("GET", "/api/v1/dossiers").status == 200}
        for name, ids in listed.items():
            self.assertEqual(self.request["dossier"] in ids, name in ("handler", "doctor", "dpo"), name)

    def test_the_dpo_sees_that_there_is_a_dossier_and_not_about_whom(self):
        answer = self.callers["dpo"].request("GET", "/api/v1/dossiers")
        self.assertEqual(answer.status, 200)
        self.assertNotIn(b"Janssens", answer.body)
        page = self.callers["dpo"].request("GET", f"/api/v1/dossiers/{self.request['dossier']}")
        self.assertIn(page.status, (200, 403, 404))
        self.assertNotIn(b"Janssens", page.body)

    def test_only_the_handler_changes_a_dossier(self):
        place = f"/api/v1/dossiers/{self.request['dossier']}"
        party = {"role": "client", "name": "Iemand", "mail": "iemand@mail.example"}
        self.assert_statuses(self.statuses("POST", f"{place}/parties", party), ("handler",), 201, (403, 404))
        consent = {"kind": "secrecy-release", "party": self.request["party"], "evidence": "signed-paper-scan", "note": "",
                   "from": harness.in_days(-1), "until": harness.in_days(100)}
        # One is in force: a second beside it would outlive a withdrawal. One for later is welcome.
        self.assert_statuses(self.statuses("POST", f"{place}/consents", consent), ("handler",), 409, (403, 404))
        consent |= {"from": harness.in_days(200), "until": harness.in_days(300)}
        self.assert_statuses(self.statuses("POST", f"{place}/consents", consent), ("handler",), 201, (403, 404))
        request = {"party": self.request["party"], "items": [{"type": "medical-report", "required": True}], "deadline": harness.in_days(9),
                   "message": "", "language": "nl"}
        self.assert_statuses(self.statuses("POST", f"{place}/requests", request), ("handler",), 201, (403, 404))

    def test_only_the_handler_of_the_dossier_has_to_do_with_its_credentials(self):
        handler = self.callers["handler"]
        request = self.sluis.open_request(handler, "SV-2026-00941", **harness.SITE_REPORT)["request"]
        place = f"/api/v1/requests/{request}/credentials"
        wanted = {"label": "Werfserver", "items": ["site-report"], "expiresAt": harness.in_days(9)}
        first, second = (handler.post(place, wanted)["id"] for _ in range(2))
        self.assert_statuses(self.statuses("GET", place), ("handler",), 200, 404)
        self.assert_statuses(self.statuses("POST", place, wanted), ("handler",), 201, 404)
        rotation = self.statuses("POST", f"/api/v1/credentials/{first}/rotation", {"overlapHours": 1})
        self.assert_statuses(rotation, ("handler",), 201, 404)
        self.assert_statuses(self.statuses("DELETE", f"/api/v1/credentials/{second}", {}), ("handler",), 204, 404)

    def test_only_the_handler_withdraws_a_consent(self):
        place = f"/api/v1/consents/{self.request['consent']}/withdraw"
        for name in [name for name in CALLERS if name != "handler"]:
            with self.subTest(caller=name):
                self.assertIn(self.callers[name].request("POST", place, {"reason": "x"}).status, (401, 403, 404))
        page = self.callers["handler"].get(f"/api/v1/dossiers/{self.request['dossier']}")
        self.assertIn("given", [consent["state"] for consent in page["consents"] if consent["id"] == self.request["consent"]])

    def test_a_medical_document_is_released_by_the_assigned_doctor_alone_and_taken_back_by_who_works_on_the_dossier(self):
        body = {"request": self.request["request"], "expiresAt": harness.in_days(5)}
        path = f"/api/v1/documents/{self.document}/releases"
        self.assert_statuses(self.statuses("POST", path, body), ("doctor",), 201, 404)
        release = self.callers["doctor"].get(f"/api/v1/dossiers/{self.request['dossier']}")["releases"][0]["id"]
        self.assert_statuses(self.statuses("DELETE", f"/api/v1/releases/{release}", {}), ("handler", "doctor"), 204, 404)

    def test_a_medical_document_is_read_by_the_assigned_doctor_alone_and_is_404_for_all_others(self):
        path = f"/api/v1/documents/{self.document}/content"
        self.assert_statuses(self.statuses("GET", path), ("doctor",), 200, 404)
        self.assertEqual(self.callers["doctor"].request("GET", path).body, self.plain)
        mine = self.callers["handler"].request("GET", path)
        none = self.callers["handler"].request("GET", f"/api/v1/documents/{NOBODY_ID}/content")
        self.assertEqual((mine.status, mine.body), (none.status, none.body), "not yours and not there look alike")

    def test_an_inbox_holds_only_ones_own_notices(self):
        notices = self.callers["handler"].get("/api/v1/inbox")
        self.assertTrue(notices)
        other = self.callers["other handler"].request("POST", f"/api/v1/inbox/{notices[0]['id']}/done", {})
        none = self.callers["other handler"].request("POST", f"/api/v1/inbox/{NOBODY_ID}/done", {})
        self.assertEqual((other.status, other.body), (none.status, none.body))
        self.assertFalse([notice for notice in self.callers["handler"].get("/api/v1/inbox") if notice["id"] == notices[0]["id"]][0]["done"])

    def test_a_state_change_from_another_site_or_as_a_form_is_refused(self):
        handler = self.callers["handler"]
        body = {"caseType": "city-renewal", "caseNumber": "SV-2026-7790", "subject": "x", "advisingDoctor": None}
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"},
                        {"Content-Type": "application/x-www-form-urlencoded"}, {"Content-Type": "text/plain"}):
            with self.subTest(headers):
                self.assertIn(handler.request("POST", "/api/v1/dossiers", body, headers).status, (400, 403, 415))
        self.assertEqual(handler.request("POST", "/api/v1/dossiers", body, {"Sec-Fetch-Site": "same-origin"}).status, 201)

    def test_after_signing_out_the_cookie_opens_nothing(self):
        console = self.sluis.staff("ops")
        self.assertEqual(console.request("GET", "/api/v1/session").status, 200)
        done = console.request("DELETE", "/api/v1/session", headers={"Content-Type": "application/json"})
        self.assertEqual(done.status, 204)
        self.assertEqual(console.request("GET", "/api/v1/session").status, 401)

    def test_the_cookie_cannot_be_read_by_a_page_nor_sent_from_one(self):
        answer = Console(self.sluis.console_port, self.sluis.ca).call("POST", "/api/v1/session",
                                                                      {"user": "ops", "password": harness.PASSWORD})
        cookie = answer.headers["set-cookie"]
        self.assertTrue(cookie.startswith("__Host-session="))
        for attribute in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
            self.assertIn(attribute, cookie)
        self.assertNotIn("Domain", cookie)


class UploadsOfOthers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sluis = cls.enterClassContext(harness.Installation(pull_seconds=300))
        handler = cls.sluis.staff("karim")
        links = [cls.sluis.open_request(handler, f"SV-2026-95{number}", **harness.SITE_REPORT)["link"] for number in (1, 2)]
        cls.mine, cls.other = (cls.sluis.uploader(link) for link in links)
        cls.body = age_encrypt(cls.mine.recipient, b"%PDF-1.7 van mij")
        cls.open = cls.mine.create(len(cls.body)).headers["location"].rsplit("/", 1)[-1]
        answer, cls.sealed = cls.mine.send(b"%PDF-1.7 van mij", "mijn.pdf")
        assert answer.status == 201, answer

    def calls(self, upload):
        seal = self.other.seal_body(hashlib.sha256(self.body).digest(), b"x", "x.pdf")
        return {
            "HEAD": lambda: self.other.head(upload),
            "GET": lambda: self.other.get(f"/api/v1/uploads/{upload}"),
            "receipt": lambda: self.other.get(f"/api/v1/uploads/{upload}/receipt"),
            "PATCH": lambda: self.other.patch(upload, 0, self.body),
            "seal": lambda: self.other.seal(upload, seal),
            "DELETE": lambda: self.other.delete(upload),
        }

    def test_another_grants_upload_answers_like_one_that_never_was(self):
        unknown = self.calls(os.urandom(16).hex())
        for upload in (self.open, self.sealed):
            for name, call in self.calls(upload).items():
                with self.subTest(name):
                    there, nowhere = call(), unknown[name]()
                    self.assertEqual(there.status, 404)
                    self.assertEqual((there.status, there.body), (nowhere.status, nowhere.body))
                    drop = lambda headers: {key: value for key, value in headers.items() if key != "date"}
                    self.assertEqual(drop(there.headers), drop(nowhere.headers))
        self.assertEqual(self.mine.head(self.open).status, 200, "and nothing happened to it")
        self.assertEqual(self.mine.get(f"/api/v1/uploads/{self.sealed}").json["state"], "sealed")

    def test_the_posting_shows_ones_own_uploads_alone(self):
        self.assertEqual({upload["id"] for upload in self.mine.posting().json["uploads"]}, {self.open, self.sealed})
        self.assertEqual(self.other.posting().json["uploads"], [])

    def test_no_wrong_and_no_token_are_the_same_401(self):
        bodies = set()
        for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer " + "A" * 43}, {"Authorization": "Basic eDp4"},
                        {"Authorization": "Bearer " + base64.urlsafe_b64encode(os.urandom(32)).decode()}):
            for path in ("/api/v1/posting", f"/api/v1/uploads/{self.sealed}"):
                answer = self.mine.request("GET", path, headers=headers, token=False)
                self.assertEqual(answer.status, 401)
                bodies.add(answer.body)
        self.assertEqual(len(bodies), 1)

    def test_an_item_of_another_request_is_refused(self):
        answer = self.mine.create(len(self.body), item=self.other.items[0])
        self.assertIn(answer.status, (403, 404, 422), answer)
        self.assertEqual(answer.headers["content-type"].split(";")[0], "application/problem+json")

    def test_a_sealed_upload_takes_no_more_bytes_and_cannot_be_deleted_by_its_owner_any_more(self):
        self.assertIn(self.mine.patch(self.sealed, 0, self.body).status, (403, 409))
        self.assertIn(self.mine.delete(self.sealed).status, (403, 409))
        self.assertEqual(self.mine.get(f"/api/v1/uploads/{self.sealed}").json["state"], "sealed")


if __name__ == "__main__":
    unittest.main()
