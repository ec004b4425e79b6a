"""Resumable Uploads for HTTP: appending, lengths, progress, cancellation, and several requests at once."""
import concurrent.futures
import unittest

from wire import Closed, EdgeCase, NOBODY, PARTIAL, TAKEOVER_SECONDS, TUS_BYTES, Wire, age_encrypt, harness, os

VERSIONS = "8", "6", None
NO_INTEGERS = "abc", "-1", "+900", "900.0", "0x384", "9e2", '"900"', "?1", "", "900, 900", "9 00", "9000000000000000", "900;", "(900)"
NO_BOOLEANS = "true", "1", "?2", "?", '"?1"', "", "?0, ?0", "(?0)"


class ResumableAppend(EdgeCase):
    @classmethod
    def setUpClass(cls):
        """One upload falls silent now, on a link of its own, so that nobody has to wait long for what becomes of it."""
        super().setUpClass()
        cls.silent = cls.new_link("site-report")
        cls.silent_path = cls.silent.create(len(cls.small)).headers["location"]
        cls.silent_wire = Wire(cls.silent.port, cls.context)
        cls.addClassCleanup(cls.silent_wire.cut)
        fields = [("Authorization", f"Bearer {cls.silent.token}"), ("Upload-Draft-Interop-Version", "8"), ("Upload-Offset", 0),
                  ("Upload-Complete", "?1"), ("Content-Type", PARTIAL), ("Content-Length", len(cls.small))]
        cls.silent_wire.ask("PATCH", cls.silent_path, fields, cls.small[:900])

    def begun(self, length=True, version="8"):
        return self.ietf_new(len(self.small) if length else None, self.small[:900], version)

    def assert_still(self, path, length=True, offset=900):
        self.assertEqual(self.ietf_state(path), (offset, "?0", len(self.small) if length else None))

    # Appending.

    def test_an_append_that_is_not_the_last_says_so(self):
        answer = self.ietf_patch(self.begun(), 900, self.small[900:1800])
        self.assertIn(answer.status, (200, 201, 204))
        self.assertEqual(answer.get("Upload-Complete"), "?0")
        self.assertIn(answer.get("Upload-Offset"), (None, "1800"))

    def test_the_last_append_says_so_and_makes_the_whole(self):
        path = self.begun()
        answer = self.ietf_patch(path, 900, self.small[900:], "?1")
        self.assertEqual((answer.status // 100, answer.get("Upload-Complete")), (2, "?1"))
        self.assert_holds(path, self.small)

    def test_an_empty_append_changes_nothing(self):
        path = self.begun()
        answer = self.ietf_patch(path, 900, b"")
        self.assertEqual((answer.status // 100, answer.get("Upload-Complete")), (2, "?0"))
        self.assert_still(path)

    def test_all_bytes_without_the_word_are_no_whole_until_an_empty_append_says_it(self):
        for length in (True, False):
            path = self.begun(length)
            self.assertEqual(self.ietf_patch(path, 900, self.small[900:]).get("Upload-Complete"), "?0")
            self.assert_still(path, length, len(self.small))
            answer = self.ietf_patch(path, len(self.small), b"", "?1")
            self.assertEqual((answer.status // 100, answer.get("Upload-Complete")), (2, "?1"))
            self.assertEqual(self.ietf_state(path), (len(self.small), "?1", len(self.small)))
            self.assert_holds(path, self.small)

    def test_an_append_of_another_media_type_is_unsupported(self):
        path = self.begun()
        for media_type in (None, TUS_BYTES, "application/octet-stream", "application/partial-uploads", "application/*", ""):
            with self.subTest(media_type):
                self.assert_refused(self.ietf_patch(path, 900, self.small[900:], "?1", {"Content-Type": media_type}), 415)
        self.assert_still(path)

    def test_the_media_type_is_the_same_in_any_case(self):  # RFC 9110, section 8.3.1
        path = self.begun()
        answer = self.ietf_patch(path, 900, self.small[900:], "?1", {"Content-Type": "Application/Partial-Upload"})
        self.assertEqual(answer.status // 100, 2)
        self.assert_holds(path, self.small)

    def test_an_append_to_what_is_not_there_is_not_found(self):
        self.assert_refused(self.ietf_patch(NOBODY, 0, b"x"), 404)

    def test_an_append_needs_offset_and_completeness(self):
        path = self.begun()
        for version in VERSIONS:
            self.assert_refused(self.ietf_patch(path, None, self.small[900:], "?1", version=version))
            self.assert_refused(self.ietf_patch(path, 900, self.small[900:], None, version=version))
        self.assert_still(path)

    def test_an_offset_that_is_no_integer_is_as_if_it_were_not_there(self):
        path = self.begun()
        for value in NO_INTEGERS:
            with self.subTest(value):
                self.assert_refused(self.ietf_patch(path, value, self.small[900:], "?1"))
        self.assert_still(path)

    def test_a_completeness_that_is_no_boolean_is_as_if_it_were_not_there(self):
        path = self.begun()
        for value in NO_BOOLEANS:
            with self.subTest(value):
                self.assert_refused(self.ietf_patch(path, 900, self.small[900:], value))
        self.assert_still(path)

    def test_control_fields_said_twice_are_refused(self):
        path = self.begun()
        self.assert_refused(self.ietf_patch(path, [900, 900], self.small[900:], "?1"))
        self.assert_refused(self.ietf_patch(path, [900, 0], self.small[900:], "?1"))
        self.assert_refused(self.ietf_patch(path, 900, self.small[900:], ["?1", "?1"]))
        self.assert_refused(self.ietf_patch(path, 900, self.small[900:], ["?0", "?1"]))
        self.assert_still(path)

    def test_parameters_of_an_item_are_ignored(self):  # RFC 9651, section 3.1.2
        answer = self.ietf_patch(self.begun(), "900;unit=byte", self.small[900:], "?1;sure")
        self.assertEqual((answer.status // 100, answer.get("Upload-Complete")), (2, "?1"))

    def test_another_offset_is_a_conflict_that_tells_the_right_one(self):
        for version in VERSIONS:
            path = self.begun(version=version)
            for offset in (0, 899, 901, 999_999_999_999_999):
                for complete in ("?0", "?1"):
                    answer = self.ietf_patch(path, offset, self.small[900:], complete, version=version)
                    self.assert_problem(answer, "mismatching-upload-offset", 409)
                    self.assertEqual((answer.json["expected-offset"], answer.json["provided-offset"]), (900, offset))
                    self.assertEqual((answer.get("Upload-Offset"), answer.get("Upload-Complete")), ("900", "?0"))
            self.assert_still(path)

    def test_an_append_that_expects_it_is_told_to_go_on(self):
        path = self.begun()
        wire = self.ietf_begin_patch(path, 900, self.small[900:], 0, "?1", {"Expect": "100-continue"})
        wire.interim(100)
        self.assertEqual(wire.send(self.small[900:]).answer().status // 100, 2)
        self.assert_holds(path, self.small)

    def test_an_append_that_expects_it_is_refused_before_its_bytes(self):
        path = self.begun()
        for fields, status in (({"Upload-Offset": 5}, 409), ({"Content-Type": None}, 415), ({"Authorization": None}, 401),
                               ({"Upload-Length": 1_000_000}, 400), ({"Authorization": f"Bearer {self.other.token}"}, 404)):
            with self.subTest(fields):
                wire = self.ietf_begin_patch(path, 900, self.small[900:], 0, "?1", {"Expect": "100-continue", **fields})
                answer = wire.answer()
                self.assert_refused(answer, status)
                self.assertEqual(answer.interim, [])
        self.assert_still(path)

    # Lengths.

    def test_a_last_append_that_ends_elsewhere_than_the_length_is_inconsistent(self):
        path = self.begun()
        for body in (self.small[900:1800], b""):
            self.assert_problem(self.ietf_patch(path, 900, body, "?1"), "inconsistent-upload-length", 400)
        self.assert_still(path)

    def test_more_bytes_than_the_length_end_the_upload(self):
        for complete in ("?0", "?1"):
            path = self.begun()
            self.assert_refused(self.ietf_patch(path, 900, self.small[900:] + b"x", complete))
            self.assert_refused(self.ietf("HEAD", path), 404, 410)
            self.assert_refused(self.ietf_patch(path, 900, self.small[900:], "?1"), 404, 410)

    def test_bytes_behind_the_last_one_of_the_length_end_the_upload(self):
        path = self.ietf_new(len(self.small), self.small)
        self.assert_refused(self.ietf_patch(path, len(self.small), b"x", "?0"))
        self.assert_refused(self.ietf("HEAD", path), 404, 410)

    def test_a_length_can_come_with_an_append_and_stays(self):
        path = self.begun(length=False)
        self.assertEqual(self.ietf_patch(path, 900, self.small[900:1800], "?0", {"Upload-Length": len(self.small)}).status // 100, 2)
        self.assert_still(path, True, 1800)
        self.assertEqual(self.ietf_patch(path, 1800, self.small[1800:], "?1").status // 100, 2)
        self.assert_holds(path, self.small)

    def test_a_length_may_be_repeated(self):
        path = self.begun()
        self.assertEqual(self.ietf_patch(path, 900, self.small[900:1800], "?0", {"Upload-Length": len(self.small)}).status // 100, 2)
        self.assertEqual(self.ietf_patch(path, 1800, self.small[1800:], "?1", {"Upload-Length": len(self.small)}).status // 100, 2)

    def test_another_length_than_before_is_inconsistent(self):
        path = self.begun()
        for length in (len(self.small) + 16, len(self.small) - 16):
            answer = self.ietf_patch(path, 900, self.small[900:1800], "?0", {"Upload-Length": length})
            self.assert_problem(answer, "inconsistent-upload-length", 400)
        self.assert_still(path)

    def test_a_last_append_whose_own_lengths_differ_is_inconsistent(self):
        path = self.begun(length=False)
        answer = self.ietf_patch(path, 900, self.small[900:], "?1", {"Upload-Length": len(self.small) + 16})
        self.assert_problem(answer, "inconsistent-upload-length", 400)
        self.assert_still(path, False)

    def test_a_length_below_the_offset_is_refused(self):
        path = self.begun(length=False)
        self.assert_refused(self.ietf_patch(path, 900, b"", "?0", {"Upload-Length": 899}))
        self.assert_still(path, False)

    def test_a_length_beyond_the_largest_size_is_refused(self):
        path = self.begun(length=False)
        for length in (self.size_max + 1, 999_999_999_999_999):
            self.assert_refused(self.ietf_patch(path, 900, self.small[900:1800], "?0", {"Upload-Length": length}), 400, 403, 413)
        self.assert_still(path, False)

    def test_bytes_of_an_unknown_length_stop_at_the_largest_size(self):
        path = self.begun(length=False)
        for complete in ("?0", "?1"):
            wire = self.ietf_begin_patch(path, 900, b"", 0, complete, {"Content-Length": self.size_max - 899})
            self.assert_refused(wire.answer(), 400, 403, 413)
            if self.ietf("HEAD", path).status != 410:  # the draft lets it be deactivated
                self.assert_still(path, False)

    def test_a_length_that_is_no_integer_is_as_if_it_were_not_there(self):
        path, offset = self.begun(length=False), 900
        for value in ("abc", "-1", '"3200"', "3200.0", "?1"):
            answer = self.ietf_patch(path, offset, self.small[offset:offset + 10], "?0", {"Upload-Length": value})
            self.assertEqual(answer.status // 100, 2)
            offset += 10
            self.assert_still(path, False, offset)

    # Complete is the end.

    def complete(self):
        path = self.begun()
        self.ietf_patch(path, 900, self.small[900:], "?1")
        return path

    def test_a_complete_upload_takes_no_more_bytes(self):
        path = self.complete()
        for offset in (len(self.small), 0):
            for complete in ("?0", "?1"):
                self.assert_refused(self.ietf_patch(path, offset, b"x", complete), 400, 403, 409, 410, 413)
        self.assertEqual(self.ietf_state(path), (len(self.small), "?1", len(self.small)))
        self.assert_holds(path, self.small)

    def test_bytes_for_a_complete_upload_are_inconsistent(self):
        self.assert_problem(self.ietf_patch(self.complete(), len(self.small), b"x", "?1"), "inconsistent-upload-length")

    def test_an_empty_append_to_a_complete_upload_is_told_that_it_is_complete(self):
        path = self.complete()
        for complete in ("?0", "?1"):
            self.assert_problem(self.ietf_patch(path, len(self.small), b"", complete), "completed-upload", 400, 409, 410)
        self.assertEqual(self.ietf_state(path), (len(self.small), "?1", len(self.small)))

    # Progress.

    def test_progress_is_told_while_many_bytes_come_in_and_what_was_told_stays(self):
        body = age_encrypt(self.owner.recipient, os.urandom(40_000_000))
        path = self.ietf_new(len(body))
        wire = self.ietf_begin_patch(path, 0, body, 30_000_000, "?1")
        told = []
        while not told or told[-1] < 8_000_000:
            one = wire.interim(104)
            self.assertEqual((one.get("Location"), one.get("Upload-Draft-Interop-Version")), (None, "8"))
            told.append(one.number("Upload-Offset"))
        self.assertEqual(told, sorted(set(told)))
        self.assertLessEqual(told[-1], 30_000_000)
        wire.reset()
        offset, complete, _ = self.ietf_state(path)
        self.assertGreaterEqual(offset, told[-1], "an offset that was told is a promise")
        self.assertEqual(complete, "?0")
        answer = self.ietf_patch(path, offset, body[offset:], "?1")
        self.assertEqual((answer.status // 100, answer.get("Upload-Complete")), (2, "?1"))
        self.assertEqual([one.get("Location") for one in answer.interims(104)], [None] * len(answer.interim))
        self.assert_holds(path, body)

    def test_no_progress_is_told_to_who_does_not_say_the_draft_version(self):
        for version in (None, "7"):
            path = self.ietf_new(len(self.large), version=version)
            answer = self.ietf_patch(path, 0, self.large, "?1", version=version)
            self.assertEqual((answer.status // 100, answer.interims(104)), (2, []))

    # Bad lines, and several at once.

    def test_a_last_append_that_is_cut_keeps_what_arrived_and_is_not_complete(self):
        path = self.begun()
        self.ietf_begin_patch(path, 900, self.small[900:], 1000, "?1").cut()
        harness.wait_until(lambda: self.owner.get(path).json["offset"] == 1900, "the bytes that arrived", 10)
        self.assert_still(path, True, 1900)
        self.assertEqual(self.ietf_patch(path, 1900, self.small[1900:], "?1").status // 100, 2)
        self.assert_holds(path, self.small)

    def test_a_last_append_that_is_reset_is_not_complete(self):
        path = self.ietf_new(len(self.large))
        self.ietf_begin_patch(path, 0, self.large, 1_000_000, "?1").reset()
        offset, complete, _ = self.ietf_state(path)
        self.assertEqual(complete, "?0")
        self.assertLessEqual(offset, 1_000_000)
        self.assertEqual(self.ietf_patch(path, offset, self.large[offset:], "?1").status // 100, 2)
        self.assert_holds(path, self.large)

    def assert_ended(self, wire):
        try:
            self.assert_refused(wire.answer())
        except Closed:
            pass

    def test_every_newer_request_takes_over_a_stalled_append(self):
        for newer in ("HEAD", "PATCH", "DELETE"):
            with self.subTest(newer):
                path = self.begun()
                stalled = self.ietf_begin_patch(path, 900, self.small[900:], 1000, "?1")
                self.settle(stalled)
                with self.within(TAKEOVER_SECONDS):
                    if newer == "HEAD":
                        self.assert_still(path, True, 1900)
                    elif newer == "PATCH":
                        self.assertEqual(self.ietf_patch(path, 1900, self.small[1900:], "?1").status // 100, 2)
                    else:
                        self.assertEqual(self.ietf("DELETE", path).status // 100, 2)
                self.assert_ended(stalled)

    def test_of_many_appends_at_once_the_bytes_are_there_once(self):
        path = self.ietf_new(len(self.large))

        def try_it(_):
            try:
                return self.ietf_patch(path, 0, self.large, "?1").status
            except Closed:
                return None
        with concurrent.futures.ThreadPoolExecutor(8) as several:
            statuses = set(several.map(try_it, range(8)))
        self.assertLessEqual(statuses, {200, 201, 204, 400, 409, 423, None})
        offset, complete, _ = self.ietf_state(path)
        if complete == "?0":
            self.assertEqual(self.ietf_patch(path, offset, self.large[offset:], "?1").status // 100, 2)
        self.assert_holds(path, self.large)

    def test_who_falls_silent_is_cut_off_in_the_end_and_what_arrived_is_kept(self):
        self.assert_ended(self.silent_wire)
        self.assertTrue(self.silent_wire.is_closed)
        token = {"Authorization": f"Bearer {self.silent.token}"}
        answer = self.ietf("HEAD", self.silent_path, token)
        self.assertEqual((answer.get("Upload-Offset"), answer.get("Upload-Complete")), ("900", "?0"))
        self.assertEqual(self.ietf_patch(self.silent_path, 900, self.small[900:], "?1", token).status // 100, 2)

    # Cancellation.

    def test_a_cancelled_upload_is_gone(self):
        for version in VERSIONS:
            for path in (self.ietf_new(None, b"", version), self.begun(version=version)):
                self.assertEqual(self.ietf("DELETE", path, version=version).status // 100, 2)
                for method, body in (("HEAD", None), ("DELETE", None), ("PATCH", b"x")):
                    fields = {"Upload-Offset": 0, "Upload-Complete": "?0", "Content-Type": PARTIAL}
                    answer = self.ietf(method, path, fields if body else {}, body, version)
                    self.assertEqual((answer.status, answer.get("Upload-Offset")), (410, None))

    def test_a_complete_upload_can_be_cancelled(self):
        path = self.complete()
        self.assertEqual(self.ietf("DELETE", path).status // 100, 2)
        self.assertEqual(self.ietf("HEAD", path).status, 410)

    def test_what_never_was_cannot_be_cancelled(self):
        self.assert_refused(self.ietf("DELETE", NOBODY), 404)


if __name__ == "__main__":
    unittest.main()
