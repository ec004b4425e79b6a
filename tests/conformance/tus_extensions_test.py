"""tus 1.0.0, further extensions: checksum, expiration, termination; and that there is no concatenation."""
import email.utils
import hashlib
import time
import unittest

from wire import EdgeCase, NOBODY, TUS_BYTES, UPLOADS, b64, changed, checksum, harness

IMF_FIXDATE = r"^[A-Z][a-z]{2}, [0-3][0-9] [A-Z][a-z]{2} 2[0-9]{3} [0-2][0-9](:[0-5][0-9]){2} GMT$"
TWO_DAYS = 2 * 86400 * 1_000_000  # microseconds


class TusExtensions(EdgeCase):
    # Checksum.

    def checked_patch(self, path, offset, body, said):
        return self.tus_patch(path, offset, body, {"Upload-Checksum": said})

    def test_bytes_that_fit_their_checksum_are_added(self):
        for algorithm in ("sha1", "sha256", "sha512"):
            with self.subTest(algorithm):
                path = self.tus_new()
                answer = self.checked_patch(path, 0, self.small, checksum(algorithm, self.small))
                self.assertEqual((answer.status, answer.number("Upload-Offset")), (204, len(self.small)))
                self.assert_holds(path, self.small)

    def test_bytes_that_do_not_fit_their_checksum_are_discarded(self):
        path = self.tus_new(body=self.small[:500])
        for algorithm in ("sha1", "sha256", "sha512"):
            with self.subTest(algorithm):
                said = checksum(algorithm, self.small[500:])
                self.assertEqual(self.checked_patch(path, 500, changed(self.small[500:]), said).status, 460)
                self.assertEqual(self.offset(path), 500)
        self.assertEqual(self.checked_patch(path, 500, self.small[500:], checksum("sha1", self.small[500:])).status, 204)
        self.assert_holds(path, self.small)

    def test_many_bytes_that_do_not_fit_their_checksum_are_discarded(self):
        path = self.tus_new(len(self.large))
        self.assertEqual(self.checked_patch(path, 0, changed(self.large), checksum("sha1", self.large)).status, 460)
        self.assertEqual(self.offset(path), 0)
        self.assertEqual(self.checked_patch(path, 0, self.large, checksum("sha1", self.large)).status, 204)
        self.assert_holds(path, self.large)

    def test_every_piece_can_have_a_checksum_of_its_own(self):
        path = self.tus_new()
        for number, begin in enumerate(range(0, len(self.small), 1000)):
            piece = self.small[begin:begin + 1000]
            said = checksum(("sha1", "sha256", "sha512")[number % 3], piece)
            self.assertEqual(self.checked_patch(path, begin, piece, said).status, 204)
        self.assert_holds(path, self.small)

    def test_a_checksum_is_of_the_piece_and_not_of_the_whole(self):
        path = self.tus_new(body=self.small[:1000])
        self.assertEqual(self.checked_patch(path, 1000, self.small[1000:], checksum("sha1", self.small)).status, 460)
        self.assertEqual(self.offset(path), 1000)

    def test_a_mismatch_in_the_last_piece_leaves_the_upload_open(self):
        path = self.tus_new()
        self.assertEqual(self.checked_patch(path, 0, self.small, checksum("sha1", b"other")).status, 460)
        seal = self.owner.seal_body(hashlib.sha256(self.small).digest(), b"plain", "verslag.pdf")
        self.assertEqual(self.owner.seal(path.rsplit("/", 1)[-1], seal).status, 409)

    def test_an_algorithm_that_was_not_offered_is_refused_and_nothing_added(self):
        path = self.tus_new()
        for said in (checksum("md5", self.small), "crc32 AAAAAA==", checksum("sha384", self.small), "sha-1 " + b64(b"x" * 20),
                     "SHA1" + checksum("sha1", self.small)[4:], "Sha256" + checksum("sha256", self.small)[6:]):
            with self.subTest(said):
                self.assert_refused(self.checked_patch(path, 0, self.small, said), 400)
                self.assertEqual(self.offset(path), 0)

    def test_a_checksum_that_is_none_is_refused_and_nothing_added(self):
        path = self.tus_new()
        right = checksum("sha1", self.small)
        for said in ("", "sha1", right.split()[1], "sha1 !!!!", right + " " + right.split()[1], right.replace(" ", ":"),
                     right.replace(" ", ",")):
            with self.subTest(said):
                self.assert_refused(self.checked_patch(path, 0, self.small, said), 400)
                self.assertEqual(self.offset(path), 0)

    def test_a_checksum_of_another_size_is_refused_and_nothing_added(self):
        path = self.tus_new()
        digest = hashlib.sha1(self.small).digest()
        for said in (digest[:-1], digest + b"\0", b"", hashlib.sha256(self.small).digest(), digest.hex().encode()):
            with self.subTest(len(said)):
                self.assertIn(self.checked_patch(path, 0, self.small, f"sha1 {b64(said)}").status, (400, 460))
                self.assertEqual(self.offset(path), 0)

    def test_a_checksum_said_twice_is_refused_and_nothing_added(self):
        path = self.tus_new()
        right = checksum("sha1", self.small)
        for said in ([right, right], [right, checksum("sha256", self.small)], [checksum("sha1", b"x"), right]):
            self.assert_refused(self.checked_patch(path, 0, self.small, said), 400)
            self.assertEqual(self.offset(path), 0)

    def test_a_piece_without_bytes_has_a_checksum_too(self):
        path = self.tus_new()
        self.assertEqual(self.checked_patch(path, 0, b"", checksum("sha1", b"")).status, 204)
        self.assertEqual(self.checked_patch(path, 0, b"", checksum("sha1", b"x")).status, 460)

    def test_an_offset_that_does_not_fit_goes_before_a_checksum_that_does(self):
        path = self.tus_new()
        self.assert_refused(self.checked_patch(path, 7, self.small, checksum("sha1", self.small)), 409)
        self.assertEqual(self.offset(path), 0)

    def test_bytes_that_were_cut_off_before_their_checksum_could_be_looked_at_spoil_nothing(self):
        path = self.tus_new(len(self.large))
        wire = self.tus_begin_patch(path, 0, self.large, 1_000_000, {"Upload-Checksum": checksum("sha1", self.large)})
        wire.cut()
        offset = self.offset(path)
        self.assertLessEqual(offset, 1_000_000)
        rest = self.large[offset:]
        self.assertEqual(self.checked_patch(path, offset, rest, checksum("sha1", rest)).status, 204)
        self.assert_holds(path, self.large)

    def test_a_checksum_in_a_trailer_is_refused(self):
        path = self.tus_new()
        usual = [("Tus-Resumable", "1.0.0"), ("Upload-Offset", 0), ("Content-Type", TUS_BYTES), ("Transfer-Encoding", "chunked"),
                 ("Trailer", "Upload-Checksum")]
        wire = self.begin("PATCH", path, usual)
        wire.send(b"%x\r\n%s\r\n0\r\nUpload-Checksum: %s\r\n\r\n" % (len(self.small), self.small, checksum("sha1", b"x").encode()))
        self.assert_refused(wire.answer(), 400, 411)
        self.assertEqual(self.offset(path), 0)

    def test_a_checksum_on_what_carries_no_bytes_for_an_upload_harms_nothing(self):
        path = self.tus_new()
        self.assertIn(self.tus_head(path, {"Upload-Checksum": checksum("sha1", b"")}).status, (200, 204, 400))

    # Expiration.

    def assert_expires(self, answer):
        text = answer.get("Upload-Expires")
        self.assertRegex(text, IMF_FIXDATE)
        moment = email.utils.parsedate_to_datetime(text)
        self.assertEqual(email.utils.format_datetime(moment, usegmt=True), text, "the day of the week")
        self.assertGreater(moment.timestamp(), time.time())

    def test_an_unfinished_upload_says_when_it_expires_at_its_creation(self):
        self.assert_expires(self.tus_create())
        self.assert_expires(self.tus_create(fields={"Upload-Length": None, "Upload-Defer-Length": "1"}))
        self.assert_expires(self.tus_create(body=self.small[:900]))

    def test_an_unfinished_upload_says_when_it_expires_after_every_piece(self):
        path = self.tus_new()
        for begin in (0, 500, 1000):
            self.assert_expires(self.tus_patch(path, begin, self.small[begin:begin + 500]))
        self.assert_expires(self.tus_patch(path, 1500, b""))

    def test_an_upload_of_unknown_length_says_when_it_expires_however_many_bytes_it_has(self):
        self.assert_expires(self.tus_patch(self.tus_deferred(), 0, self.small))

    def test_an_unfinished_upload_says_in_head_nothing_else_about_its_end(self):
        answer = self.tus_head(self.tus_new())
        if answer.get("Upload-Expires") is not None:
            self.assert_expires(answer)

    def test_a_complete_upload_expires_no_more(self):
        path = self.tus_new()
        self.assertIsNone(self.tus_patch(path, 0, self.small).get("Upload-Expires"))
        self.assertIsNone(self.tus_head(path).get("Upload-Expires"))
        self.assertIsNone(self.tus_create(body=self.small).get("Upload-Expires"))

    def test_what_has_expired_is_gone_and_what_is_complete_has_not(self):
        expired, complete = self.tus_new(body=self.small[:900]), self.tus_new(body=self.small)
        self.sluis.edge.kill()
        for link in self.links:
            link.close()
        # Two days: an age of it is made here, not waited for.
        harness.execute(self.sluis.edge_folder / "state/edge.db", f"UPDATE upload SET touched_at = touched_at - {TWO_DAYS}")
        self.sluis.start_edge()
        fresh = self.tus_new(body=self.small[:900])
        self.assertEqual(self.offset(fresh), 900)
        self.assertEqual(self.offset(complete), len(self.small))
        self.assert_holds(complete, self.small)
        with self.subTest("HEAD"):
            self.assert_gone(expired)
        with self.subTest("PATCH"):
            self.assert_refused(self.tus_patch(expired, 900, self.small[900:]), 410)
        with self.subTest("DELETE"):
            self.assert_refused(self.tus("DELETE", expired), 410)

    # Termination.

    def assert_terminates(self, path):
        answer = self.tus("DELETE", path)
        self.assertEqual((answer.status, answer.body), (204, b""))
        self.assert_gone(path)
        self.assert_refused(self.tus_patch(path, 0, self.small), 410)
        self.assert_refused(self.tus("DELETE", path), 410)
        self.assertNotIn(path.rsplit("/", 1)[-1], self.listed())

    def test_a_new_upload_can_be_terminated(self):
        self.assert_terminates(self.tus_new())

    def test_an_unfinished_upload_can_be_terminated(self):
        self.assert_terminates(self.tus_new(body=self.small[:900]))

    def test_an_upload_of_unknown_length_can_be_terminated(self):
        self.assert_terminates(self.tus_deferred())

    def test_a_complete_upload_can_be_terminated(self):
        self.assert_terminates(self.tus_new(body=self.small))

    def test_an_upload_of_length_zero_can_be_terminated(self):
        self.assert_terminates(self.tus_new(0))

    def test_what_never_was_cannot_be_terminated(self):
        self.assert_refused(self.tus("DELETE", NOBODY), 404)

    def test_a_termination_may_say_that_it_has_no_content(self):
        self.assertEqual(self.tus("DELETE", self.tus_new(), {}, b"").status, 204)

    def test_a_terminated_upload_cannot_be_sealed(self):
        path = self.tus_new(body=self.small)
        self.tus("DELETE", path)
        seal = self.owner.seal_body(hashlib.sha256(self.small).digest(), b"plain", "verslag.pdf")
        self.assertIn(self.owner.seal(path.rsplit("/", 1)[-1], seal).status, (404, 409, 410))

    def test_a_terminated_upload_leaves_another_alone(self):
        one, other = self.tus_new(body=self.small[:900]), self.tus_new(body=self.small[:900])
        self.tus("DELETE", one)
        self.assertEqual(self.tus_patch(other, 900, self.small[900:]).status, 204)
        self.assert_holds(other, self.small)

    def test_a_termination_takes_the_bytes_off_the_disk(self):
        path = self.tus_new(len(self.large), body=self.large[:1_000_000])
        name = path.rsplit("/", 1)[-1]
        files = lambda: [file for file in (self.sluis.edge_folder / "state").rglob(f"*{name}*") if file.stat().st_size]
        self.assertNotEqual(files(), [])
        self.tus("DELETE", path)
        harness.wait_until(lambda: not files(), "the bytes to go", 5)

    # Concatenation: two age files one behind the other are none.

    def test_a_part_of_a_concatenation_is_refused(self):
        for value in ("partial", "partial;", "Partial", "", "nonsense"):
            with self.subTest(value), self.nothing_created():
                self.assert_refused(self.tus_create(fields={"Upload-Concat": value}), 400)

    def test_the_whole_of_a_concatenation_is_refused(self):
        parts = [self.tus_new(body=self.small), self.tus_new(body=self.small)]
        for value in (f"final;{parts[0]} {parts[1]}", f"final;{parts[0]}", "final;", "final"):
            with self.subTest(value), self.nothing_created():
                self.assert_refused(self.tus_create(fields={"Upload-Length": None, "Upload-Concat": value}), 400)
        self.assert_holds(parts[0], self.small)

    def test_a_part_that_defers_its_length_is_refused(self):
        with self.nothing_created():
            fields = {"Upload-Length": None, "Upload-Defer-Length": "1", "Upload-Concat": "partial"}
            self.assert_refused(self.tus("POST", UPLOADS, fields, b""), 400)


if __name__ == "__main__":
    unittest.main()
