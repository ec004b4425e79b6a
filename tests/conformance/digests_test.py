"""Digests (RFC 9530) with resumable uploads, and the whole content in one PUT with its digest."""
import unittest

from wire import EdgeCase, NOBODY, TAKEOVER_SECONDS, UPLOADS, Closed, changed, digest

UNKNOWN = "md5=:AAAAAAAAAAAAAAAAAAAAAA==:", "unixsum=:AAA=:", "sha-384=:AAAA:"
NO_DIGESTS = "sha-256", "sha-256=abc", "sha-256=:!!!:", "sha-256:AAAA", "=:AAAA:", ":AAAA:", "", "sha-256=?1", "sha-256=:AAAA:"


class Digests(EdgeCase):
    def begun(self):
        return self.ietf_new(len(self.small), self.small[:900])

    def assert_still(self, path, offset=900):
        self.assertEqual(self.ietf_state(path), (offset, "?0", len(self.small)))

    # Content-Digest: of the bytes of one request.

    def test_bytes_that_fit_their_digest_are_appended(self):
        for algorithm in ("sha-256", "sha-512"):
            path, rest = self.begun(), self.small[900:]
            answer = self.ietf_patch(path, 900, rest, "?1", {"Content-Digest": digest(algorithm, rest)})
            self.assertEqual((answer.status // 100, answer.get("Upload-Complete")), (2, "?1"))
            self.assert_holds(path, self.small)

    def test_bytes_that_do_not_fit_their_digest_are_not_appended(self):
        path, rest = self.begun(), self.small[900:]
        for algorithm in ("sha-256", "sha-512"):
            for complete in ("?0", "?1"):
                answer = self.ietf_patch(path, 900, changed(rest), complete, {"Content-Digest": digest(algorithm, rest)})
                self.assert_refused(answer, 400)
                self.assert_still(path)
        self.assertEqual(self.ietf_patch(path, 900, rest, "?1", {"Content-Digest": digest("sha-256", rest)}).status // 100, 2)
        self.assert_holds(path, self.small)

    def test_many_bytes_that_do_not_fit_their_digest_are_not_appended(self):
        path = self.ietf_new(len(self.large))
        fields = {"Content-Digest": digest("sha-256", self.large)}
        self.assert_refused(self.ietf_patch(path, 0, changed(self.large), "?1", fields), 400)
        self.assertEqual(self.ietf_state(path), (0, "?0", len(self.large)))
        self.assertEqual(self.ietf_patch(path, 0, self.large, "?1", fields).status // 100, 2)
        self.assert_holds(path, self.large)

    def test_of_two_digests_both_must_fit(self):
        path, rest = self.begun(), self.small[900:]
        for wrong in (f"{digest('sha-256', rest)}, {digest('sha-512', b'x')}", f"{digest('sha-256', b'x')}, {digest('sha-512', rest)}"):
            self.assert_refused(self.ietf_patch(path, 900, rest, "?1", {"Content-Digest": wrong}), 400)
            self.assert_still(path)
        right = f"{digest('sha-256', rest)}, {digest('sha-512', rest)}"
        self.assertEqual(self.ietf_patch(path, 900, rest, "?1", {"Content-Digest": right}).status // 100, 2)

    def test_a_digest_in_two_lines_is_one_dictionary(self):
        path, rest = self.begun(), self.small[900:]
        answer = self.ietf_patch(path, 900, rest, "?1", {"Content-Digest": [digest("sha-256", rest), digest("sha-512", b"x")]})
        self.assert_refused(answer, 400)
        self.assert_still(path)

    def test_an_algorithm_that_nobody_knows_is_passed_over(self):  # RFC 9530, section 2
        for unknown in UNKNOWN:
            path, rest = self.begun(), self.small[900:]
            said = f"{unknown}, {digest('sha-256', changed(rest))}"
            self.assert_refused(self.ietf_patch(path, 900, rest, "?0", {"Content-Digest": said}), 400)
            self.assert_still(path)
            self.assertEqual(self.ietf_patch(path, 900, rest, "?1", {"Content-Digest": unknown}).status // 100, 2)

    def test_what_is_no_digest_is_refused_or_passed_over_and_breaks_nothing(self):
        for said in NO_DIGESTS:
            with self.subTest(said):
                path = self.begun()
                answer = self.ietf_patch(path, 900, self.small[900:], "?1", {"Content-Digest": said})
                self.assertIn(answer.status, (200, 201, 204, 400))
                self.assertEqual(self.ietf_state(path)[1], "?0" if answer.status == 400 else "?1")

    def test_a_creation_whose_bytes_fit_their_digest_is_taken(self):
        for complete in ("?0", "?1"):
            answer = self.ietf_create(complete, len(self.small), self.small, Content_Digest=digest("sha-256", self.small))
            self.assertEqual(answer.status // 100, 2)

    def test_a_creation_whose_bytes_do_not_fit_their_digest_keeps_none(self):
        for complete in ("?0", "?1"):
            answer = self.ietf_create(complete, len(self.small), changed(self.small), Content_Digest=digest("sha-256", self.small))
            self.assert_refused(answer, 400)
            for upload in self.listed():
                self.assert_still(f"{UPLOADS}/{upload}", 0)

    def test_a_digest_is_looked_at_by_tus_only_as_a_checksum_or_as_well(self):
        path = self.tus_new()
        answer = self.tus_patch(path, 0, self.small, {"Content-Digest": digest("sha-256", b"x")})
        self.assertIn((answer.status, self.offset(path)), ((204, len(self.small)), (400, 0), (460, 0)))

    # Repr-Digest: of the whole.

    def test_a_whole_that_fits_its_digest_is_complete(self):
        for algorithm in ("sha-256", "sha-512"):
            path = self.ietf_new(len(self.small), self.small[:900], Repr_Digest=digest(algorithm, self.small))
            answer = self.ietf_patch(path, 900, self.small[900:], "?1")
            self.assertEqual((answer.status // 100, answer.get("Upload-Complete")), (2, "?1"))
            self.assert_holds(path, self.small)

    def test_a_whole_in_one_request_that_fits_its_digest_is_complete(self):
        answer = self.ietf_create("?1", None, self.small, Repr_Digest=digest("sha-256", self.small))
        self.assertEqual((answer.status // 100, answer.get("Upload-Complete")), (2, "?1"))

    def assert_not_complete(self, path):
        answer = self.ietf("HEAD", path)
        self.assertTrue(answer.status in (404, 410) or answer.get("Upload-Complete") == "?0", answer)

    def test_a_whole_that_does_not_fit_its_digest_is_not_complete(self):
        for algorithm in ("sha-256", "sha-512"):
            path = self.ietf_new(len(self.small), self.small[:900], Repr_Digest=digest(algorithm, self.small))
            self.assert_refused(self.ietf_patch(path, 900, changed(self.small[900:]), "?1"), 400)
            self.assert_not_complete(path)

    def test_a_whole_in_one_request_that_does_not_fit_its_digest_is_not_complete(self):
        answer = self.ietf_create("?1", None, changed(self.small), Repr_Digest=digest("sha-256", self.small))
        self.assert_refused(answer, 400)
        self.assert_not_complete(answer.interims(104)[0].path)

    def test_a_part_is_not_compared_with_the_digest_of_the_whole(self):
        path = self.ietf_new(len(self.small), self.small, Repr_Digest=digest("sha-256", self.small))
        self.assert_still(path, len(self.small))
        self.assertEqual(self.ietf_patch(path, len(self.small), b"", "?1").status // 100, 2)

    def test_a_digest_of_the_whole_that_is_wanted_is_right_when_it_is_told(self):
        for preferred in ("sha-256=10", "sha-512=3, sha-256=1", "md5=1"):
            path = self.ietf_new(len(self.small), self.small[:900], Want_Repr_Digest=preferred)
            answer = self.ietf_patch(path, 900, self.small[900:], "?1", {"Want-Repr-Digest": preferred})
            self.assertEqual(answer.status // 100, 2)
            told = answer.get("Repr-Digest")
            if told is not None:
                known = [digest("sha-256", self.small), digest("sha-512", self.small)]
                self.assertLessEqual({one.strip() for one in told.split(",")}, set(known))

    # The whole content at once.

    def put(self, path, body, said, fields=None, sent=None):
        wire = self.begin("PUT", path + "/content", [("Content-Digest", said)], fields, body, sent=sent)
        return wire if sent is not None else wire.answer()

    def test_a_content_that_fits_its_digest_is_the_whole(self):
        for path in (self.tus_new(), self.ietf_new(len(self.small)), self.ietf_new(), self.tus_deferred()):
            answer = self.put(path, self.small, digest("sha-256", self.small))
            self.assertEqual((answer.status, answer.body), (204, b""))
            self.assertEqual(self.ietf_state(path), (len(self.small), "?1", len(self.small)))
            self.assertEqual(self.offset(path), len(self.small))
            self.assert_holds(path, self.small)

    def test_a_large_content_arrives(self):
        path = self.tus_new(len(self.large))
        self.assertEqual(self.put(path, self.large, digest("sha-256", self.large)).status, 204)
        self.assert_holds(path, self.large)

    def test_a_content_that_does_not_fit_its_digest_is_not_kept(self):
        path = self.tus_new()
        self.assert_refused(self.put(path, changed(self.small), digest("sha-256", self.small)), 400)
        self.assertEqual(self.offset(path), 0)
        self.assertEqual(self.put(path, self.small, digest("sha-256", self.small)).status, 204)
        self.assert_holds(path, self.small)

    def test_a_content_without_a_digest_is_refused(self):
        path = self.tus_new()
        for said in (None, *UNKNOWN, *NO_DIGESTS):
            with self.subTest(said):
                self.assert_refused(self.put(path, self.small, said), 400)
                self.assertEqual(self.offset(path), 0)

    def test_a_content_without_its_length_is_refused(self):
        path = self.tus_new()
        wire = self.begin("PUT", path + "/content", [("Content-Digest", digest("sha-256", b"hello")), ("Transfer-Encoding", "chunked")])
        self.assert_refused(wire.send(b"5\r\nhello\r\n0\r\n\r\n").answer(), 400, 411)
        self.assertEqual(self.offset(path), 0)

    def test_a_content_of_another_size_than_the_length_is_refused(self):
        path = self.tus_new(len(self.small) + 16)
        self.assert_refused(self.put(path, self.small, digest("sha-256", self.small)))
        self.assertEqual(self.offset(path), 0)
        path = self.tus_new(len(self.small) - 16)
        self.assert_refused(self.put(path, self.small, digest("sha-256", self.small)))
        self.assertEqual(self.offset(path), 0)

    def test_a_content_beyond_the_largest_size_is_refused_before_its_bytes(self):
        path = self.tus_deferred()
        wire = self.put(path, b"", digest("sha-256", b"x"), {"Content-Length": self.size_max + 1, "Expect": "100-continue"}, 0)
        answer = wire.answer()
        self.assert_refused(answer, 400, 403, 413)
        self.assertEqual(answer.interim, [])

    def test_a_content_that_is_cut_is_not_kept(self):
        path = self.tus_new(len(self.large))
        self.put(path, self.large, digest("sha-256", self.large), None, 1_000_000).cut()
        self.assertEqual(self.offset(path), 0)
        self.assertEqual(self.put(path, self.large, digest("sha-256", self.large)).status, 204)
        self.assert_holds(path, self.large)

    def test_a_content_that_stalls_gives_way(self):
        path = self.tus_new()
        stalled = self.put(path, self.small, digest("sha-256", self.small), None, 900)
        self.settle(stalled)
        with self.within(TAKEOVER_SECONDS):
            self.assertEqual(self.offset(path), 0)
        try:
            self.assert_refused(stalled.answer())
        except Closed:
            pass
        self.assertEqual(self.put(path, self.small, digest("sha-256", self.small)).status, 204)

    def test_a_content_that_is_complete_is_not_replaced(self):
        path = self.tus_new(body=self.small)
        self.assert_refused(self.put(path, changed(self.small), digest("sha-256", changed(self.small))))
        self.assertIn(self.put(path, self.small, digest("sha-256", self.small)).status, (204, 400, 409))
        self.assert_holds(path, self.small)

    def test_a_content_for_an_upload_that_has_bytes_does_not_mix_with_them(self):
        path = self.tus_new(body=self.small[:900])
        answer = self.put(path, self.small, digest("sha-256", self.small))
        if answer.status != 204:
            self.assert_refused(answer, 400, 409)
            self.assertEqual(self.offset(path), 900)
            self.tus_patch(path, 900, self.small[900:])
        self.assert_holds(path, self.small)

    def test_a_content_that_is_no_age_file_is_refused(self):
        content = b"%PDF-1.7" + self.small[8:]
        self.assert_refused(self.put(self.tus_new(), content, digest("sha-256", content)), 422)

    def test_anothers_content_looks_like_one_that_never_was(self):
        path, token = self.tus_new(), {"Authorization": f"Bearer {self.other.token}"}
        answers = [self.put(target, self.small, digest("sha-256", self.small), token) for target in (path, NOBODY)]
        self.assertEqual([(one.status, one.body) for one in answers], [(404, answers[0].body)] * 2)
        self.assert_refused(self.put(path, self.small, digest("sha-256", self.small), {"Authorization": None}), 401)
        self.assertEqual(self.offset(path), 0)

    def test_a_content_for_what_was_terminated_is_gone(self):
        path = self.tus_new()
        self.tus("DELETE", path)
        self.assert_refused(self.put(path, self.small, digest("sha-256", self.small)), 410)


if __name__ == "__main__":
    unittest.main()
