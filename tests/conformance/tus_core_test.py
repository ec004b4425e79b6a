"""tus 1.0.0, the core protocol: versions, OPTIONS, HEAD, PATCH, method override."""
import unittest

from wire import EdgeCase, NOBODY, PARTIAL, TUS_BYTES, UINT64_PLUS, UPLOADS, b64

NO_INTEGERS = "", "-1", "+0", "-0", "0x0", "0abc", "abc", "1e3", "0.0", "0 0", "0,0", "'0'", "0;", "?0"
OTHER_VERSIONS = "0.2.2", "2.0.0", "1.0", "1.0.0.0", "01.0.0", "1.0.0-beta", "1.0.0, 1.0.0", "garbage", ""


class TusCore(EdgeCase):
    def assert_other_version(self, method, target, fields, body=None):
        for version in OTHER_VERSIONS:
            with self.subTest(version):
                answer = self.tus(method, target, {"Tus-Resumable": version, **fields}, body)
                self.assertEqual(answer.status, 412, answer)
                self.assertIn("1.0.0", answer.get("Tus-Version").split(","))

    # Versions.

    def test_a_creation_in_another_version_is_refused_and_creates_nothing(self):
        with self.nothing_created():
            self.assert_other_version("POST", UPLOADS, {"Upload-Length": len(self.small)}, b"")

    def test_a_head_in_another_version_is_refused_without_an_offset(self):
        path = self.tus_new()
        self.assert_other_version("HEAD", path, {})
        self.assertIsNone(self.tus_head(path, {"Tus-Resumable": "0.2.2"}).get("Upload-Offset"))

    def test_a_patch_in_another_version_is_refused_and_adds_nothing(self):
        path = self.tus_new()
        self.assert_other_version("PATCH", path, {"Upload-Offset": 0, "Content-Type": TUS_BYTES}, self.small)
        self.assertEqual(self.offset(path), 0)

    def test_a_delete_in_another_version_is_refused_and_ends_nothing(self):
        path = self.tus_new()
        self.assert_other_version("DELETE", path, {})
        self.assertEqual(self.offset(path), 0)

    def test_another_version_is_refused_for_an_overridden_method(self):
        path = self.tus_new()
        self.assert_other_version("POST", path, {"X-HTTP-Method-Override": "DELETE"}, b"")
        self.assertEqual(self.offset(path), 0)

    def test_a_creation_that_says_no_protocol_is_refused_with_the_versions(self):
        with self.nothing_created():
            answer = self.call("POST", UPLOADS, [("Upload-Length", len(self.small))], {}, b"")
        self.assert_refused(answer, 412)
        self.assertEqual(answer.get("Tus-Version"), "1.0.0")

    def test_a_patch_that_says_no_protocol_is_refused_with_the_versions(self):
        path = self.tus_new()
        answer = self.call("PATCH", path, [("Upload-Offset", 0), ("Content-Type", TUS_BYTES)], {}, self.small)
        self.assert_refused(answer, 412)
        self.assertEqual(answer.get("Tus-Version"), "1.0.0")
        self.assertEqual(self.offset(path), 0)

    def test_a_head_or_delete_of_a_tus_upload_that_says_no_protocol_is_refused_with_the_versions(self):
        path = self.tus_new()
        for method in ("HEAD", "DELETE"):
            answer = self.call(method, path, [])
            self.assertEqual((answer.status, answer.get("Tus-Resumable"), answer.get("Tus-Version")), (412, "1.0.0", "1.0.0"))
        self.assertEqual(self.offset(path), 0)

    def test_tus_goes_before_a_draft_version_in_the_same_request(self):
        answer = self.tus_create(fields={"Upload-Draft-Interop-Version": "8", "Upload-Complete": "?1"})
        self.assertEqual((answer.status, answer.interim), (201, []))
        self.assertEqual(self.offset(answer.path), 0)

    def test_every_refusal_says_the_version(self):
        path = self.tus_new()
        patch = {"Upload-Offset": 0, "Content-Type": TUS_BYTES}
        for status, method, target, fields, body in (  # self.tus looks at the field
                (400, "POST", UPLOADS, {}, b""), (413, "POST", UPLOADS, {"Upload-Length": 1 << 60}, b""),
                (401, "POST", UPLOADS, {"Upload-Length": 1000, "Authorization": None}, b""),
                (404, "HEAD", NOBODY, {}, None), (404, "PATCH", NOBODY, patch, b"x"), (404, "DELETE", NOBODY, {}, None),
                (401, "HEAD", path, {"Authorization": None}, None), (401, "PATCH", path, {**patch, "Authorization": "Bearer x"}, b"x"),
                (409, "PATCH", path, {**patch, "Upload-Offset": 7}, b"x"),
                (415, "PATCH", path, {**patch, "Content-Type": None}, b"x"),
                (400, "PATCH", path, {**patch, "Upload-Offset": "x"}, b"x"),
                (400, "PATCH", path, {**patch, "X-Odd": "caf\xe9"}, b"x"), (411, "PATCH", path, {**patch, "Transfer-Encoding": "chunked"}, None),
                (405, "PUT", UPLOADS, {}, b""), (405, "DELETE", UPLOADS, {}, None)):
            with self.subTest(status=status, method=method, fields=fields):
                self.assert_refused(self.tus(method, target, fields, body), status)

    # OPTIONS.

    def options(self, fields=None):
        answer = self.call("OPTIONS", UPLOADS, [], fields)
        self.assertIn(answer.status, (200, 204))
        return answer

    def test_options_name_the_versions(self):
        self.assertEqual(self.options().get("Tus-Version").split(","), ["1.0.0"])

    def test_options_ignore_the_version_of_the_request(self):
        for version in ("0.2.2", "1.0.0", "garbage"):
            self.assertEqual(self.options({"Tus-Resumable": version}).get("Tus-Version"), "1.0.0")

    def test_options_name_exactly_the_extensions_that_are_there(self):
        self.assertEqual(sorted(self.options().get("Tus-Extension").replace(" ", "").split(",")), [
            "checksum", "creation", "creation-defer-length", "creation-with-upload", "expiration", "termination"])

    def test_options_tell_the_largest_size_as_an_integer(self):
        self.assertGreaterEqual(self.options().number("Tus-Max-Size"), self.size_max)

    def test_options_name_the_checksum_algorithms_in_lower_case(self):
        self.assertEqual(sorted(self.options().get("Tus-Checksum-Algorithm").replace(" ", "").split(",")), ["sha1", "sha256", "sha512"])

    # HEAD.

    def test_head_of_a_new_upload_tells_offset_and_length_and_forbids_caching(self):
        answer = self.tus_head(self.tus_new())
        self.assertIn(answer.status, (200, 204))
        self.assertEqual((answer.get("Upload-Offset"), answer.get("Upload-Length")), ("0", str(len(self.small))))
        self.assertEqual(answer.get("Cache-Control"), "no-store")
        self.assertIsNone(answer.get("Upload-Defer-Length"))

    def test_head_tells_the_offset_after_some_bytes(self):
        path = self.tus_new()
        self.tus_patch(path, 0, self.small[:1234])
        self.assertEqual(self.tus_head(path).number("Upload-Offset"), 1234)

    def test_head_tells_offset_and_length_of_a_complete_upload(self):
        path = self.tus_new()
        self.tus_patch(path, 0, self.small)
        answer = self.tus_head(path)
        self.assertIn(answer.status, (200, 204))
        self.assertEqual(answer.number("Upload-Offset"), len(self.small))
        self.assertEqual(answer.number("Upload-Length"), len(self.small))
        self.assertEqual(answer.get("Cache-Control"), "no-store")

    def test_head_of_what_never_was_has_no_offset(self):
        for target in (NOBODY, UPLOADS + "/0", UPLOADS + "/" + "G" * 32, UPLOADS + "/%00", UPLOADS + "/" + "0" * 500):
            with self.subTest(target):
                answer = self.call("HEAD", target, [("Tus-Resumable", "1.0.0")])
                self.assertIn(answer.status, (400, 403, 404, 410))
                self.assertIsNone(answer.get("Upload-Offset"))

    def test_head_twice_changes_nothing(self):
        path = self.tus_new(body=self.small[:500])
        self.assertEqual([self.offset(path), self.offset(path)], [500, 500])

    # PATCH.

    def test_patch_adds_its_bytes_and_tells_the_new_offset(self):
        answer = self.tus_patch(self.tus_new(), 0, self.small[:1000])
        self.assertEqual((answer.status, answer.get("Upload-Offset"), answer.body), (204, "1000", b""))

    def test_patches_one_after_another_make_the_whole(self):
        path = self.tus_new()
        for begin in range(0, len(self.small), 700):
            piece = self.small[begin:begin + 700]
            answer = self.tus_patch(path, begin, piece)
            self.assertEqual((answer.status, answer.number("Upload-Offset")), (204, begin + len(piece)))
        self.assert_holds(path, self.small)

    def test_patches_on_one_connection_make_the_whole(self):
        path, wire = self.tus_new(), self.connect()
        for begin in range(0, len(self.small), 1500):
            self.assertEqual(self.tus_patch(path, begin, self.small[begin:begin + 1500], wire=wire).status, 204)
        self.assert_holds(path, self.small)

    def test_an_empty_patch_is_taken_and_changes_nothing(self):
        path = self.tus_new(body=self.small[:500])
        answer = self.tus_patch(path, 500, b"")
        self.assertEqual((answer.status, answer.get("Upload-Offset")), (204, "500"))

    def test_a_patch_of_another_media_type_is_unsupported_and_adds_nothing(self):
        path = self.tus_new()
        for media_type in (None, "application/octet-stream", PARTIAL, "text/plain", "application/offset+octet-streams", ""):
            with self.subTest(media_type):
                self.assert_refused(self.tus_patch(path, 0, self.small, {"Content-Type": media_type}), 415)
        self.assertEqual(self.offset(path), 0)

    def test_the_media_type_is_the_same_in_any_case(self):  # RFC 9110, section 8.3.1
        path = self.tus_new()
        self.assertEqual(self.tus_patch(path, 0, self.small, {"Content-Type": "Application/Offset+Octet-Stream"}).status, 204)
        self.assert_holds(path, self.small)

    def test_a_patch_at_another_offset_is_a_conflict_and_adds_nothing(self):
        path = self.tus_new(body=self.small[:500])
        for offset in (0, 499, 501, len(self.small), 1 << 53, (1 << 63) - 1):
            with self.subTest(offset):
                self.assert_refused(self.tus_patch(path, offset, self.small[500:]), 409)
        self.assertEqual(self.offset(path), 500)
        self.tus_patch(path, 500, self.small[500:])
        self.assert_holds(path, self.small)

    def test_an_empty_patch_at_another_offset_is_a_conflict(self):
        self.assert_refused(self.tus_patch(self.tus_new(), 5, b""), 409)

    def test_a_patch_without_content_length_has_no_content(self):  # RFC 9112, section 6.3; or 411
        path = self.tus_new()
        self.assertIn(self.tus_patch(path, 0, None).status, (204, 400, 411))
        self.assertEqual(self.offset(path), 0)

    def test_a_patch_without_an_offset_is_refused(self):
        path = self.tus_new()
        self.assert_refused(self.tus_patch(path, None, self.small), 400)
        self.assertEqual(self.offset(path), 0)

    def test_an_offset_that_is_no_integer_is_refused(self):
        path = self.tus_new()
        for offset in NO_INTEGERS:
            with self.subTest(offset):
                self.assert_refused(self.tus_patch(path, offset, self.small), 400)
        self.assertEqual(self.offset(path), 0)

    def test_an_offset_beyond_64_bits_is_not_taken_for_a_small_one(self):
        path = self.tus_new()
        for offset in (1 << 63, 1 << 64, UINT64_PLUS, "9" * 100):
            with self.subTest(offset):
                self.assert_refused(self.tus_patch(path, offset, self.small), 400, 409)
        self.assertEqual(self.offset(path), 0)

    def test_an_offset_said_twice_is_refused(self):
        path = self.tus_new()
        for offsets in ([0, 0], [0, 5], [5, 0]):
            self.assert_refused(self.tus_patch(path, offsets, self.small), 400)
        self.assertEqual(self.offset(path), 0)

    def test_no_more_bytes_than_the_length_are_kept(self):
        path = self.tus_new()
        self.assert_refused(self.tus_patch(path, 0, self.small + b"x"), 400, 403, 409, 413)
        self.assertLessEqual(self.offset(path), len(self.small))

    def test_a_patch_far_beyond_the_length_is_refused_before_its_body_is_read(self):
        path = self.tus_new()
        wire = self.tus_begin_patch(path, 0, b"", 0, {"Content-Length": (1 << 63) - 1})
        self.assert_refused(wire.answer(), 400, 403, 409, 413)
        self.assertEqual(self.offset(path), 0)

    def test_a_complete_upload_takes_no_more(self):
        path = self.tus_new()
        self.tus_patch(path, 0, self.small)
        self.assert_refused(self.tus_patch(path, len(self.small), b"x"))
        self.assert_refused(self.tus_patch(path, 0, self.small), 409)
        self.assertEqual(self.offset(path), len(self.small))
        self.assert_holds(path, self.small)

    def test_a_client_that_lost_the_last_answer_may_ask_with_an_empty_patch(self):
        path = self.tus_new()
        self.tus_patch(path, 0, self.small)
        answer = self.tus_patch(path, len(self.small), b"")
        self.assertEqual((answer.status, answer.number("Upload-Offset")), (204, len(self.small)))

    def test_a_patch_of_what_never_was_is_not_found(self):
        self.assert_refused(self.tus_patch(NOBODY, 0, b"x"), 404)
        self.assert_refused(self.tus_patch(UPLOADS + "/nothing", 0, b"x"), 400, 404)

    def test_a_sealed_upload_takes_no_more(self):
        path = self.tus_new(body=self.small)
        self.assert_holds(path, self.small)
        self.assert_refused(self.tus_patch(path, len(self.small), b"x"))
        self.assert_refused(self.tus_patch(path, 0, b"x"))

    # Method override.

    def test_post_can_stand_for_patch(self):
        fields = {"X-HTTP-Method-Override": "PATCH", "Upload-Offset": 0, "Content-Type": TUS_BYTES}
        path = self.tus_new()
        answer = self.tus("POST", path, fields, self.small)
        self.assertEqual((answer.status, answer.number("Upload-Offset")), (204, len(self.small)))
        self.assert_holds(path, self.small)

    def test_whatever_method_stands_for_patch_is_ignored(self):
        for method in ("PUT", "GET", "DELETE", "OPTIONS", "PATCH"):
            with self.subTest(method):
                path = self.tus_new()
                fields = {"X-HTTP-Method-Override": "PATCH", "Upload-Offset": 0, "Content-Type": TUS_BYTES}
                self.assertEqual(self.tus(method, path, fields, self.small).status, 204)
                self.assertEqual(self.offset(path), len(self.small))

    def test_post_can_stand_for_delete(self):
        path = self.tus_new()
        self.assertEqual(self.tus("POST", path, {"X-HTTP-Method-Override": "DELETE"}, b"").status, 204)
        self.assert_gone(path)

    def test_head_can_stand_for_delete(self):
        path = self.tus_new()
        self.assertEqual(self.tus("HEAD", path, {"X-HTTP-Method-Override": "DELETE"}).status, 204)
        self.assert_gone(path)

    def test_get_and_post_can_stand_for_head(self):
        path = self.tus_new(body=self.small[:700])
        for method in ("GET", "POST"):
            answer = self.tus(method, path, {"X-HTTP-Method-Override": "HEAD"}, b"" if method == "POST" else None)
            self.assertIn(answer.status, (200, 204))
            self.assertEqual(answer.get("Upload-Offset"), "700")

    def test_delete_and_patch_that_stand_for_head_change_nothing(self):
        path = self.tus_new()
        for method, body in (("DELETE", None), ("PATCH", self.small)):
            fields = {"X-HTTP-Method-Override": "HEAD", "Upload-Offset": 0, "Content-Type": TUS_BYTES}
            self.tus(method, path, fields, body)
            self.assertEqual(self.offset(path), 0)

    def test_put_can_stand_for_the_post_of_a_creation(self):
        fields = {"X-HTTP-Method-Override": "POST", "Upload-Length": len(self.small), "Upload-Metadata": f"item {b64(self.item)}"}
        self.assertEqual(self.offset(self.tus("PUT", UPLOADS, fields, b"").path), 0)

    def test_post_can_stand_for_options(self):
        answer = self.call("POST", UPLOADS, [("Tus-Resumable", "1.0.0")], {"X-HTTP-Method-Override": "OPTIONS"}, b"")
        self.assertIn(answer.status, (200, 204))
        self.assertEqual(answer.get("Tus-Version"), "1.0.0")

    def test_a_method_that_nobody_knows_is_not_replaced_by_the_actual_one(self):
        path = self.tus_new()
        for override in ("EXPLODE", "", "PATCH, HEAD", "\x7f"):
            with self.subTest(override):
                answer = self.call("DELETE", path, [("Tus-Resumable", "1.0.0")], {"X-HTTP-Method-Override": override})
                self.assertIn(answer.status, (400, 404, 405, 501))
                self.assertEqual(self.offset(path), 0)

    def test_an_override_said_twice_is_refused(self):
        path = self.tus_new()
        answer = self.call("POST", path, [("Tus-Resumable", "1.0.0")], {"X-HTTP-Method-Override": ["HEAD", "DELETE"]}, b"")
        self.assertIn(answer.status, (400, 405, 501))
        self.assertEqual(self.offset(path), 0)


if __name__ == "__main__":
    unittest.main()
