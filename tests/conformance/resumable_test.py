"""Resumable Uploads for HTTP (draft-ietf-httpbis-resumable-upload, interop versions 8 and 6, and as it will be once it is an RFC):
discovery, dialects, creation, interim answers, offset retrieval."""
import re
import unittest

from wire import Closed, EdgeCase, NOBODY, PARTIAL, TAKEOVER_SECONDS, UPLOADS, b64, harness

VERSIONS = "8", "6", None
# No Item, or an Item of another type: the whole field is ignored (draft, section 4.1).
NO_BOOLEANS = "true", "1", "?2", "?", "??1", '"?1"', "", "?1, ?1", "?1 ?1", "(?1)"
NO_INTEGERS = "abc", "-1", "+1", "1.5", "0x10", "1e3", '"10"', "?1", "", "10, 10", "1 0", "9999999999999999", "10;", "(10)"


def limits(answer):
    """Upload-Limit, a Dictionary whose members we know are all integers."""
    text = answer.get("Upload-Limit")
    assert text and re.fullmatch(r"[a-z-]+=[0-9]{1,15}( *, *[a-z-]+=[0-9]{1,15})*", text), answer
    return {name: int(value) for name, value in (member.strip().split("=") for member in text.split(","))}


class Resumable(EdgeCase):
    def begin_create(self, complete, body, sent, length=None, version="8", fields=None):
        usual = [("Upload-Draft-Interop-Version", version), ("Upload-Complete", complete), ("Upload-Length", length)]
        return self.begin("POST", UPLOADS, usual, fields, body, sent=sent)

    # Discovery.

    def test_options_accept_the_patches_of_a_resumable_upload(self):
        answer = self.call("OPTIONS", UPLOADS, [])
        self.assertIn(answer.status, (200, 204))
        self.assertIn(PARTIAL, [one.strip() for one in ",".join(answer.all("Accept-Patch")).split(",")])

    def test_options_tell_the_limits(self):
        self.assertIn("max-size", limits(self.call("OPTIONS", UPLOADS, [])))

    def test_the_limits_of_an_upload_are_in_no_way_narrower_than_announced_without_reason(self):
        announced, own = limits(self.call("OPTIONS", UPLOADS, [])), limits(self.ietf_create())
        self.assertEqual(own["max-size"], self.size_max)  # narrower for a reason: the item that is asked for
        for name in ("min-size", "min-append-size"):
            self.assertLessEqual(own.get(name, 0), announced.get(name, own.get(name, 0)))

    # Dialects.

    def test_every_dialect_brings_a_document(self):
        for version in VERSIONS:
            with self.subTest(version):
                path = self.ietf_new(len(self.small), self.small[:900], version)
                self.assertEqual(self.ietf_state(path, version), (900, "?0", len(self.small)))
                answer = self.ietf_patch(path, 900, self.small[900:2000], "?0", version=version)
                self.assertEqual((answer.status // 100, answer.get("Upload-Complete")), (2, "?0"))
                answer = self.ietf_patch(path, 2000, self.small[2000:], "?1", version=version)
                self.assertEqual((answer.status // 100, answer.get("Upload-Complete")), (2, "?1"))
                self.assertEqual(self.ietf_state(path, version), (len(self.small), "?1", len(self.small)))
                self.assert_holds(path, self.small)

    def test_without_the_draft_version_nothing_is_said_of_it_and_no_104_sent(self):
        answer = self.ietf_create("?1", None, self.small, None)
        self.assertEqual((answer.status // 100, answer.interim), (2, []))
        self.assertIsNone(answer.get("Upload-Draft-Interop-Version"))

    def test_another_draft_version_gets_no_104(self):
        for version in ("3", "5", "7", "9", "88", "abc", "", "-8"):
            with self.subTest(version):
                answer = self.ietf_create("?1", None, self.small, version)
                self.assertEqual(answer.interims(104), [])

    def test_what_says_no_protocol_creates_nothing(self):
        with self.nothing_created():
            answer = self.call("POST", UPLOADS, [("Content-Type", "application/octet-stream")], {}, self.small)
            self.assert_refused(answer, 412)
            self.assertEqual(answer.get("Tus-Version"), "1.0.0")

    def test_head_and_delete_that_say_no_protocol_are_answered_in_that_of_the_creation(self):
        path = self.ietf_new(len(self.small))
        self.assertEqual(self.ietf_state(path, None), (0, "?0", len(self.small)))
        self.assertEqual(self.call("DELETE", path, []).status // 100, 2)
        self.assert_refused(self.call("HEAD", path, []), 410)

    def test_an_upload_goes_on_in_the_other_protocol(self):
        path = self.ietf_new(len(self.small), self.small[:900])
        self.assertEqual(self.offset(path), 900)
        self.assertEqual(self.tus_patch(path, 900, self.small[900:1800]).status, 204)
        self.assertEqual(self.ietf_patch(path, 1800, self.small[1800:], "?1").status // 100, 2)
        self.assertEqual(self.tus_head(path).number("Upload-Length"), len(self.small))
        self.assert_holds(path, self.small)
        path = self.tus_new(body=self.small[:900])
        self.assertEqual(self.ietf_state(path), (900, "?0", len(self.small)))
        self.assertEqual(self.ietf_patch(path, 900, self.small[900:], "?1").status // 100, 2)
        self.assert_holds(path, self.small)

    # Creation.

    def test_an_empty_creation_tells_the_place_and_the_limits(self):
        answer = self.ietf_create("?0", len(self.small))
        self.assertEqual(answer.status, 201)
        self.assertIn("max-size", limits(answer))
        self.assertIn(answer.get("Upload-Complete"), (None, "?0"))
        self.assertEqual(self.ietf_state(answer.path), (0, "?0", len(self.small)))

    def test_a_creation_may_bring_a_part(self):
        answer = self.ietf_create("?0", len(self.small), self.small[:900])
        self.assertEqual(answer.status, 201)
        self.assertIn(answer.get("Upload-Offset"), (None, "900"))
        self.assertEqual(self.ietf_state(answer.path), (900, "?0", len(self.small)))

    def test_a_creation_may_leave_the_length_open(self):
        path = self.ietf_new(None, self.small[:900])
        self.assertEqual(self.ietf_state(path), (900, "?0", None))

    def test_a_creation_may_bring_the_whole(self):
        for length in (None, len(self.small)):
            answer = self.ietf_create("?1", length, self.small)
            self.assertEqual((answer.status // 100, answer.get("Upload-Complete")), (2, "?1"))
            path = answer.interims(104)[0].path
            self.assertEqual(self.ietf_state(path), (len(self.small), "?1", len(self.small)))
            self.assert_holds(path, self.small)

    def test_all_bytes_without_the_word_are_no_whole(self):
        path = self.ietf_new(len(self.small), self.small)
        self.assertEqual(self.ietf_state(path), (len(self.small), "?0", len(self.small)))

    def test_a_whole_may_be_empty_but_is_then_no_age_file(self):
        answer = self.ietf_create("?1", None, b"")
        self.assertIn(answer.status, (200, 201, 204, 422))

    def test_a_creation_whose_lengths_differ_is_inconsistent(self):
        with self.nothing_created():
            for length in (len(self.small) + 16, len(self.small) - 16, 0):
                self.assert_problem(self.ietf_create("?1", length, self.small), "inconsistent-upload-length", 400)

    def test_a_creation_with_more_bytes_than_its_length_is_refused(self):
        with self.nothing_created():
            self.assert_refused(self.ietf_create("?0", 900, self.small), 400, 413)

    def test_a_creation_beyond_the_largest_size_is_refused(self):
        with self.nothing_created():
            for length in (self.size_max + 1, 1 << 40, 999_999_999_999_999):
                for version in VERSIONS:
                    self.assert_refused(self.ietf_create("?0", length, b"", version), 403, 413)

    def test_a_creation_of_a_whole_beyond_the_largest_size_is_refused_before_its_bytes(self):
        with self.nothing_created():
            for fields in ({}, {"Expect": "100-continue"}):
                wire = self.begin_create("?1", b"", 0, None, "8", {"Content-Length": self.size_max + 1, **fields})
                answer = wire.answer()
                self.assert_refused(answer, 403, 413)
                self.assertEqual(answer.interim, [])

    def test_a_part_beyond_the_largest_size_is_refused_before_its_bytes(self):
        wire = self.begin_create("?0", b"", 0, None, "8", {"Content-Length": self.size_max + 1})
        self.assert_refused(wire.answer(), 403, 413)

    def test_the_media_type_of_a_creation_is_that_of_the_document(self):
        for media_type in (None, "application/octet-stream", "application/age", "application/pdf"):
            self.assertEqual(self.ietf_create("?0", len(self.small), self.small[:900], Content_Type=media_type).status, 201)

    def test_a_creation_may_name_its_item(self):
        text = f"item {b64(self.item)}"
        self.assertEqual(self.ietf_create("?0", None, Upload_Metadata=text).status, 201)
        with self.nothing_created():
            self.assert_refused(self.ietf_create("?0", None, Upload_Metadata=f"item {b64('0' * 32)}"), 400, 403, 404, 422)

    def test_a_creation_that_is_no_age_file_is_refused(self):
        with self.nothing_created():
            self.assert_refused(self.ietf_create("?1", None, b"%PDF-1.7" + self.small[8:]), 422)

    def test_a_creation_without_a_right_token_is_refused_without_a_104(self):
        for token in (None, "Bearer x"):
            answer = self.ietf_create("?1", None, self.small, Authorization=token)
            self.assert_refused(answer, 401)
            self.assertEqual(answer.interim, [])

    def test_a_completeness_that_is_no_boolean_is_as_if_it_were_not_there(self):
        with self.nothing_created():
            for value in NO_BOOLEANS:
                for version in VERSIONS:
                    with self.subTest(value=value, version=version):
                        self.assert_refused(self.ietf_create(value, len(self.small), self.small, version))

    def test_a_length_that_is_no_integer_is_as_if_it_were_not_there(self):
        for value in NO_INTEGERS:
            with self.subTest(value):
                answer = self.ietf_create("?0", value, self.small[:900])
                self.assertEqual(answer.status, 201)
                self.assertEqual(self.ietf_state(answer.path), (900, "?0", None))

    def test_parameters_of_an_item_are_ignored(self):  # RFC 9651, section 3.1.2
        answer = self.ietf_create("?0;why=1", f"{len(self.small)};unit=byte", self.small[:900])
        self.assertEqual(answer.status, 201)
        self.assertEqual(self.ietf_state(answer.path), (900, "?0", len(self.small)))

    def test_a_control_field_said_twice_is_refused_or_as_if_it_were_not_there(self):
        answer = self.ietf_create("?0", [3200, 3200])
        self.assertIn(answer.status, (201, 400))
        if answer.status == 201:
            self.assertEqual(self.ietf_state(answer.path), (0, "?0", None))
        with self.nothing_created():
            self.assert_refused(self.ietf_create(["?0", "?0"], len(self.small)))

    # Interim answers.

    def test_a_104_tells_place_and_limits_before_the_bytes_are_sent(self):
        for version in ("8", "6"):
            for complete in ("?0", "?1"):
                wire = self.begin_create(complete, self.small, 0, None, version)
                first = wire.interim(104)
                self.assertEqual(first.get("Upload-Draft-Interop-Version"), version)
                self.assertIn("max-size", limits(first))
                answer = wire.send(self.small).answer()
                self.assertEqual((answer.status // 100, answer.get("Upload-Complete") or "?0"), (2, complete))
                if complete == "?0":
                    self.assertEqual(answer.path, first.path)
                self.assertEqual(self.ietf_state(first.path)[:2], (len(self.small), complete))

    def test_every_104_says_the_version_and_the_same_place(self):
        answer = self.ietf_create("?0", len(self.large), self.large)
        self.assertNotEqual(answer.interims(104), [])
        for one in answer.interims(104):
            self.assertEqual(one.get("Upload-Draft-Interop-Version"), "8")
            if one.get("Location") is not None:
                self.assertEqual(one.path, answer.path)

    def test_a_100_that_is_expected_is_not_dropped_for_a_104(self):
        wire = self.begin_create("?1", self.small, 0, None, "8", {"Expect": "100-continue"})
        self.assertEqual({wire.interim(100, 104).status, wire.interim(100, 104).status}, {100, 104})
        self.assertEqual(wire.send(self.small).answer().status // 100, 2)

    def test_a_100_that_is_expected_comes_without_the_draft_version(self):
        wire = self.begin_create("?1", self.small, 0, None, None, {"Expect": "100-continue"})
        wire.interim(100)
        self.assertEqual(wire.send(self.small).answer().status // 100, 2)

    def test_a_creation_that_is_cut_goes_on_at_the_place_of_its_104(self):
        for cut in (lambda wire: wire.cut(), lambda wire: wire.reset()):
            wire = self.begin_create("?1", self.small, 900)
            path = wire.interim(104).path
            self.settle(wire)
            cut(wire)
            offset, complete, length = self.ietf_state(path)
            self.assertLessEqual(offset, 900)
            self.assertEqual((complete, length), ("?0", len(self.small)))
            self.assertEqual(self.ietf_patch(path, offset, self.small[offset:], "?1").status // 100, 2)
            self.assert_holds(path, self.small)

    def test_a_creation_that_is_cut_keeps_what_arrived(self):
        wire = self.begin_create("?1", self.small, 900)
        path = wire.interim(104).path
        wire.cut()
        harness.wait_until(lambda: self.owner.get(path).json["offset"] == 900, "the bytes that arrived", 10)
        self.assertEqual(self.ietf_state(path), (900, "?0", len(self.small)))

    def test_head_takes_over_a_stalled_creation(self):
        wire = self.begin_create("?1", self.small, 900)
        path = wire.interim(104).path
        self.settle(wire)
        with self.within(TAKEOVER_SECONDS):
            self.assertEqual(self.ietf_state(path), (900, "?0", len(self.small)))
        try:
            self.assert_refused(wire.answer())
        except Closed:
            pass

    # Offset retrieval.

    def test_head_tells_offset_completeness_length_and_limits_and_forbids_caching(self):
        for version in VERSIONS:
            answer = self.ietf("HEAD", self.ietf_new(len(self.small), self.small[:900], version), version=version)
            self.assertIn(answer.status, (200, 204))
            self.assertEqual((answer.get("Upload-Offset"), answer.get("Upload-Complete")), ("900", "?0"))
            self.assertEqual(answer.number("Upload-Length"), len(self.small))
            self.assertEqual(answer.get("Cache-Control"), "no-store")
            self.assertGreaterEqual(limits(answer)["max-size"], self.size_max)  # it may grow, not shrink
            self.assertGreater(limits(answer)["expires" if version == "6" else "max-age"], 0)

    def test_head_of_what_is_not_there_has_no_offset(self):
        for version in VERSIONS:
            answer = self.ietf("HEAD", NOBODY, version=version)
            self.assertEqual((answer.status, answer.get("Upload-Offset"), answer.get("Upload-Complete")), (404, None, None))

    def test_anothers_upload_looks_like_one_that_never_was(self):
        path = self.ietf_new(len(self.small), self.small[:900])
        fields = {"Authorization": f"Bearer {self.other.token}", "Upload-Offset": 900, "Upload-Complete": "?1", "Content-Type": PARTIAL}
        for method, body in (("HEAD", None), ("PATCH", self.small[900:]), ("DELETE", None)):
            theirs, none = self.ietf(method, path, fields, body), self.ietf(method, NOBODY, fields, body)
            same = [(one.status, one.body, [field for field in one.fields if field[0] != "date"]) for one in (theirs, none)]
            self.assertEqual(same[0], same[1])
            self.assertEqual(theirs.status, 404)
        self.assertEqual(self.ietf_state(path), (900, "?0", len(self.small)))


if __name__ == "__main__":
    unittest.main()
