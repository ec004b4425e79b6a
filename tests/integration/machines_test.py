"""Machines that speak for a contractor: access tokens of another hand's identity provider (npm's oidc-provider), bound to a key (DPoP) or
to a certificate (mTLS), and certificates of the own authority. What is wrong with one in any way is refused the same as all the rest."""
import base64
import json
import secrets
import signal
import time
import unittest

import harness
import pki
from harness import wait_until
from link import Uploader
from machines import IdentityProvider, Machine

AUDIENCE = "https://upload.stad.example"
ALGORITHMS = ("ES256", "PS256", "RS256", "EdDSA")
THE_KEY = "idp.jwks"


class Machines(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        sluis = cls.sluis = harness.Installation()
        sluis.machines = True
        cls.files = sluis.folder / "contractor"
        strangers = sluis.folder / "strangers"
        for folder in (cls.files, strangers):
            folder.mkdir()
        # The client's own certificate is vouched for by nobody we know: it is its token that says whose it is.
        pki.Authority(strangers).client(cls.files / "own.pem", cls.files / "own.key", "met-certificaat")
        cls.foreign_pin = pki.Authority(strangers).client(cls.files / "foreign.pem", cls.files / "foreign.key", "aannemer")
        cls.pin = sluis.authority.client(cls.files / "ours.pem", cls.files / "ours.key", "aannemer")
        sluis.authority.client(cls.files / "nobody.pem", cls.files / "nobody.key", "niemand")
        cls.idp = IdentityProvider(cls.files, sluis.authority)
        cls.addClassCleanup(cls.idp.close)
        cls.set_issuers(True)
        cls.enterClassContext(sluis)
        cls.handler = sluis.staff("sofie")
        cls.one = cls.request("SV-2026-0801", {"client": "bouwwerken"}, {"client": "met-certificaat"}, {"certificate": cls.pin},
                              {"certificate": cls.foreign_pin})
        cls.other = cls.request("SV-2026-0802", {"client": "wegenwerken"})
        wait_until(lambda: cls.by_key("bouwwerken", cls.one).posting().status == 200, "the machines on the edge")
        wait_until(lambda: cls.by_key("wegenwerken", cls.other).posting().status == 200, "the other machine on the edge")

    @classmethod
    def set_issuers(cls, there):
        (cls.sluis.core_folder / THE_KEY).write_text(json.dumps(cls.idp.keys))
        cls.sluis.issuers = [{"issuer": cls.idp.issuer, "audience": AUDIENCE, "keys": THE_KEY}] if there else []

    @classmethod
    def named(cls, machine):
        return {"client": {"issuer": cls.idp.issuer, "client": machine["client"]}} if "client" in machine else machine

    @classmethod
    def request(cls, number, *machines):
        made = cls.sluis.open_request(cls.handler, number, **harness.SITE_REPORT)
        for machine in machines:
            cls.handler.call("POST", f"/api/v1/grants/{made['grant']}/machines", cls.named(machine))
        return made

    # Machines of the test. Each keeps its token, and makes a proof for each request.

    @classmethod
    def machine(cls, request, shows=None, certificate=None):
        files = certificate and (cls.files / f"{certificate}.pem", cls.files / f"{certificate}.key")
        made = Machine(cls.sluis, request["link"], shows, files)
        cls.addClassCleanup(made.close)
        return made

    @classmethod
    def with_proof(cls, access, request, certificate=None, **proof):
        """`proof` replaces what the peer would say."""
        def shows(method, uri):
            words = {"method": method, "uri": uri, "token": access, **proof}
            return {"Authorization": f"DPoP {access}", "DPoP": cls.idp.proof(**words)}
        return cls.machine(request, shows, certificate)

    @classmethod
    def by_key(cls, client, request, algorithm="ES256", audience=AUDIENCE, **proof):
        token = cls.idp.token(client, audience, algorithm=algorithm, key=algorithm)
        return cls.with_proof(token, request, key=algorithm, **proof)

    @classmethod
    def bearer(cls, token, request, certificate=None):
        return cls.machine(request, lambda method, uri: {"Authorization": f"Bearer {token}"}, certificate)

    def minted(self, header=None, by="ES256", **claims):
        """Like a token of the provider's for `bouwwerken` and its key, but for what is said here; None takes a claim out."""
        good = self.idp.token("bouwwerken", AUDIENCE)
        if not claims and not header and by == "ES256":
            return good
        now = int(time.time())
        payload = {"iss": self.idp.issuer, "aud": AUDIENCE, "client_id": "bouwwerken", "sub": "bouwwerken", "iat": now, "exp": now + 300,
                   "jti": secrets.token_hex(16), "cnf": json.loads(part_of(good, 1))["cnf"], **claims}
        return self.idp.mint({name: value for name, value in payload.items() if value is not None}, header=header or {}, by=by)

    def assert_files(self, machine, request):
        plain = b"%PDF-1.7 werfverslag " + secrets.token_bytes(300)
        answer, upload = machine.send(plain, "verslag.pdf")
        self.assertEqual(answer.status, 201, answer)
        self.assertEqual(self.sluis.outcome(request["link"], upload)["state"], "filed")
        return upload

    def test_a_client_hands_in_with_a_token_bound_to_its_key_whatever_the_algorithm(self):
        self.assert_files(self.by_key("bouwwerken", self.one), self.one)
        for algorithm in ALGORITHMS:
            with self.subTest(algorithm):
                answer = self.by_key("bouwwerken", self.one, algorithm).posting()
                self.assertEqual((answer.status, answer.json["grant"]), (200, self.one["grant"]))

    def test_a_client_hands_in_with_a_token_bound_to_its_certificate(self):
        request = self.request("SV-2026-0803", {"client": "met-certificaat"})
        machine = self.bearer(self.idp.token("met-certificaat", AUDIENCE), request, "own")
        machine.names_grant = True
        wait_until(lambda: machine.posting().status == 200, "the machine on the edge")
        self.assert_files(machine, request)

    def test_a_certificate_of_the_own_authority_hands_in_without_a_token(self):
        request = self.request("SV-2026-0804", {"certificate": self.pin})
        machine = self.machine(request, certificate="ours")
        machine.names_grant = True
        wait_until(lambda: machine.posting().status == 200, "the machine on the edge")
        self.assert_files(machine, request)

    def wrong_machines(self):
        one, now = self.one, int(time.time())
        good = self.idp.token("bouwwerken", AUDIENCE)
        bound = self.idp.token("met-certificaat", AUDIENCE)
        unbound = self.idp.token("zonder-binding", AUDIENCE)
        yield "nothing at all", self.machine(one)
        yield "a link's token, which is for people", self.bearer(Uploader(one["link"], self.sluis.ca, None).token, one)
        yield "a token bound to nothing", self.bearer(unbound, one)
        yield "a token bound to nothing, with a proof", self.with_proof(unbound, one)
        yield "stolen: without a proof, as a bearer", self.bearer(good, one)
        yield "stolen: without a proof", self.machine(one, lambda method, uri: {"Authorization": f"DPoP {good}"})
        yield "stolen: the thief's own key", self.with_proof(good, one, key="thief")
        yield "a bearer with a proof", self.machine(one, lambda method, uri: {
            "Authorization": f"Bearer {good}", "DPoP": self.idp.proof(method, uri, good)})
        for what, proof in {
            "for another method": {"method": "DELETE"},
            "for another place": {"uri": "https://localhost/api/v1/uploads"},
            "for another token": {"token": unbound},
            "for no token": {"token": None},
            "of two minutes ago": {"claims": {"iat": now - 120}},
            "of two minutes hence": {"claims": {"iat": now + 120}},
            "without a name": {"claims": {"jti": None}},
            "of another type": {"header": {"typ": "JWT"}},
            "with the private key in it": {"header": {"jwk": "private"}},
            "without its key": {"header": {"jwk": None}},
        }.items():
            yield f"a proof {what}", self.with_proof(good, one, **proof)
        for what, token in {
            "over": self.minted(iat=now - 400, exp=now - 100),
            "not yet": self.minted(nbf=now + 100),
            "issued in the future": self.minted(iat=now + 100),
            "that lives for longer than an hour": self.minted(exp=now + 3700),
            "without an end": self.minted(exp=None),
            "for another audience": self.minted(aud="https://upload.dorp.example"),
            "of another issuer": self.minted(iss="https://idp.example"),
            "of another type": self.minted(header={"typ": "JWT"}),
            "without a client": self.minted(client_id=None),
            "of a client that no grant names": self.minted(client_id="onbekend"),
            "of the client of another grant": self.minted(client_id="wegenwerken", header={"x": "y"}),
            "by another key of that name": self.minted(by="stranger"),
            "with words that bind to nothing we know": self.minted(cnf={"kid": "x"}),
        }.items():
            machine = self.with_proof(token, one)
            machine.names_grant = True
            yield f"a token {what}", machine
        yield "a token for another audience, by the provider", self.by_key("bouwwerken", one, audience="https://upload.dorp.example")
        yield "a token bound to a certificate, over another", self.bearer(bound, one, "ours")
        yield "a token bound to a certificate, over none", self.bearer(bound, one)
        yield "a certificate of another authority", self.machine(one, certificate="foreign")
        yield "a certificate that no grant names", self.machine(one, certificate="nobody")
        elsewhere = self.machine(self.other, certificate="ours")
        elsewhere.names_grant = True
        yield "a certificate of another grant", elsewhere

    def test_what_is_wrong_in_any_way_is_refused_the_same(self):
        upload = self.by_key("wegenwerken", self.other).create(1000)
        self.assertEqual(upload.status, 201, upload)
        bodies = set()
        count = 0
        for what, machine in self.wrong_machines():
            count += 1
            for act in (machine.posting, lambda: machine.create(1000), lambda: machine.get("/api/v1/uploads/" + "0" * 32),
                        lambda: machine.get(upload.headers["location"])):
                with self.subTest(what):
                    answer = act()
                    self.assertEqual(answer.status, 401, answer)
                    self.assertTrue(answer.headers["www-authenticate"].startswith('DPoP algs="ES256 PS256 EdDSA RS256"'), answer.headers)
                    bodies.add(answer.body)
        self.assertEqual(len(bodies), 1)
        self.assertGreater(count, 35)

    def test_a_minted_token_is_good_but_for_what_is_wrong_with_it(self):
        self.assertEqual(self.with_proof(self.minted(sub="somebody else"), self.one).posting().status, 200)

    def test_a_proof_is_good_for_one_request(self):
        token = self.idp.token("bouwwerken", AUDIENCE)
        kept = {}

        def shows(method, uri):
            if not kept:
                kept.update({"Authorization": f"DPoP {token}", "DPoP": self.idp.proof(method, uri, token)})
            return kept
        machine = self.machine(self.one, shows)
        self.assertEqual([machine.posting().status for _ in range(3)], [200, 401, 401])

    def test_another_ones_upload_is_one_that_never_was(self):
        mine, others = self.by_key("bouwwerken", self.one), self.by_key("wegenwerken", self.other)
        created = others.create(1000)
        self.assertEqual(created.status, 201, created)
        place = created.headers["location"]
        self.assertEqual(others.get(place).status, 200)
        answers = [mine.get(path) for path in (place, "/api/v1/uploads/" + "0" * 32)]
        self.assertEqual([answer.status for answer in answers], [404, 404])
        self.assertEqual(answers[0].body, answers[1].body)
        self.assertEqual(mine.delete(place.rsplit("/", 1)[-1]).status, 404)
        self.assertEqual(others.delete(place.rsplit("/", 1)[-1]).status, 204)

    def test_a_machine_of_several_grants_says_for_which_it_speaks(self):
        first = self.request("SV-2026-0805", {"client": "onbekend"})
        second = self.request("SV-2026-0806", {"client": "onbekend"})
        token = self.idp.token("onbekend", AUDIENCE)
        machines = [self.with_proof(token, request) for request in (first, second)]
        for machine in machines:
            machine.names_grant = True
            wait_until(lambda: machine.posting().status == 200, "both grants on the edge")
            self.assertEqual(machine.posting().json["grant"], machine.grant)
            machine.names_grant = False
            self.assertEqual(machine.posting().status, 400)
            self.assertEqual(machine.create(1000).status, 400)
            item = f"item {base64.b64encode(machine.items[0].encode()).decode()}"
            grant = f"grant {base64.b64encode(machine.grant.encode()).decode()}"
            created = machine.create(1000, metadata=f"{item},{grant}")
            self.assertEqual(created.status, 201, created)
            self.assertEqual(machine.get(created.headers["location"]).status, 200, "an upload says itself whose it is")
        for request in (first, second):
            self.handler.call("DELETE", f"/api/v1/grants/{request['grant']}/machines", self.named({"client": "onbekend"}))
        wait_until(lambda: machines[0].posting().status == 401, "a machine that was taken away")

    def test_the_public_listener_knows_links_alone(self):
        token = self.idp.token("bouwwerken", AUDIENCE)
        uploader = self.sluis.uploader(self.one["link"])
        uri = f"https://localhost:{uploader.port}/api/v1/posting"
        shown = {"Authorization": f"DPoP {token}", "DPoP": self.idp.proof("GET", uri, token)}
        answer = uploader.request("GET", "/api/v1/posting", headers=shown, token=False)
        self.assertEqual((answer.status, answer.headers["www-authenticate"]), (401, "Bearer"))
        self.assertEqual(uploader.posting().status, 200)

    def test_only_the_handler_of_the_dossier_names_machines_and_bad_ones_change_nothing(self):
        place = f"/api/v1/grants/{self.other['grant']}/machines"
        good = {"certificate": "ab" * 32}
        self.assertEqual(self.sluis.staff("karim").request("POST", place, good).status, 404)
        self.assertIn(self.sluis.staff("dr.peeters").request("POST", place, good).status, (403, 404))
        self.assertEqual(self.handler.request("POST", f"/api/v1/grants/{'0' * 32}/machines", good).status, 404)
        for bad in ({}, {"certificate": "AB" * 32}, {"certificate": 1}, {"client": "x"}, {"client": {"issuer": self.idp.issuer}},
                    {"client": {"issuer": "idp", "client": "x"}}, {"client": {"issuer": self.idp.issuer, "client": "a\nb"}},
                    {**good, **self.named({"client": "x"})}):
            with self.subTest(bad):
                self.assertEqual(self.handler.request("POST", place, bad).status, 422)
        page = self.handler.get(f"/api/v1/dossiers/{self.other['dossier']}")
        [shown] = [request for request in page["requests"] if request["id"] == self.other["request"]]
        self.assertEqual(shown["grant"], self.other["grant"])
        self.assertEqual([machine["client"] for machine in shown["machines"]], [self.named({"client": "wegenwerken"})["client"]])

    def test_the_edge_keeps_no_name_of_a_client(self):
        self.assertEqual(self.by_key("bouwwerken", self.one).posting().status, 200)
        found = 0
        for file in [*self.sluis.edge_folder.rglob("*"), self.sluis.logs / "edge.log"]:
            if file.is_file():
                found += 1
                for name in (b"bouwwerken", b"wegenwerken", b"met-certificaat"):
                    self.assertNotIn(name, file.read_bytes(), file)
        self.assertGreater(found, 5)

    def test_an_issuer_that_is_pinned_no_more_opens_nothing_and_comes_back_as_soon(self):
        machine = self.by_key("bouwwerken", self.one)
        for there, status in ((False, 401), (True, 200)):
            self.set_issuers(there)
            self.sluis.write_core_config()
            self.sluis.core.process.send_signal(signal.SIGHUP)
            wait_until(lambda: machine.posting().status == status, f"{status} after the issuers changed")
        self.sluis.edge.stop()
        self.sluis.start_edge()
        machine.close()
        self.assertEqual(machine.posting().status, 200, "the edge keeps the set")


def part_of(token, number):
    part = token.split(".")[number]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


if __name__ == "__main__":
    unittest.main()
