"""tus 1.0.0, the creation extensions: creation and its metadata, creation-with-upload, creation-defer-length."""
import unittest

from wire import EdgeCase, PARTIAL, TUS_BYTES, UINT64_PLUS, UPLOADS, b64, changed, checksum

NO_LENGTHS = "", "-1", "+3000", "0x1000", "3000abc", "abc", "3e3", "3000.0", "3 000", "3000,3000", "3000;", "?1"
BEYOND_64_BITS = str(1 << 63), str(1 << 64), UINT64_PLUS, "9" * 100
EXPECT = {"Expect": "100-continue"}


class TusCreation(EdgeCase):
    @property
    def named(self):
        return f"item {b64(self.item)}"

    def assert_creates_nothing(self, fields, *statuses, size=None, body=None):
        with self.nothing_created():
            self.assert_refused(self.tus_create(size, fields, body), *(statuses or (400,)))

    # Creation.

    def test_a_creation_answers_with_the_place_of_an_empty_upload(self):
        answer = self.tus_create()
        self.assertEqual(answer.status, 201)
        self.assertRegex(answer.path, "^/")
        self.assertEqual(self.offset(answer.path), 0)

    def test_every_upload_has_a_place_that_nobody_guesses(self):
        places = {self.tus_new().rsplit("/", 1)[-1] for _ in range(5)}
        self.assertEqual(len(places), 5)
        for place in places:
            self.assertGreaterEqual(len(place), 22)  # 128 bits in base64url

    def test_a_creation_without_content_length_has_no_content(self):
        answer = self.call("POST", UPLOADS, [("Tus-Resumable", "1.0.0"), ("Upload-Length", len(self.small))])
        self.assertIn(answer.status, (201, 411))

    def test_a_creation_needs_a_length_or_its_deferral(self):
        self.assert_creates_nothing({"Upload-Length": None})

    def test_a_creation_with_a_length_and_its_deferral_is_refused(self):
        self.assert_creates_nothing({"Upload-Defer-Length": "1"})

    def test_a_length_that_is_no_integer_is_refused(self):
        for length in NO_LENGTHS:
            with self.subTest(length):
                self.assert_creates_nothing({"Upload-Length": length})

    def test_a_length_beyond_64_bits_is_not_taken_for_a_small_one(self):
        for length in BEYOND_64_BITS:
            with self.subTest(length):
                self.assert_creates_nothing({"Upload-Length": length}, 400, 413)

    def test_a_length_said_twice_is_refused(self):
        for lengths in ([3000, 3000], [3000, 4000]):
            self.assert_creates_nothing({"Upload-Length": lengths})

    def test_a_length_beyond_the_largest_size_is_too_large(self):
        largest = self.call("OPTIONS", UPLOADS, []).number("Tus-Max-Size")
        for length in (largest + 1, largest * 2, (1 << 63) - 1):
            self.assert_creates_nothing({}, 413, size=length)

    def test_a_length_beyond_what_the_link_may_is_refused(self):
        self.assert_creates_nothing({}, 403, 413, size=self.size_max + 1)

    def test_the_largest_size_of_the_link_is_taken(self):
        self.assertEqual(self.tus_create(self.size_max).status, 201)

    def test_more_open_uploads_than_the_link_may_are_refused_until_one_ends(self):
        paths = [self.tus_new() for _ in range(self.open_max)]
        self.assert_creates_nothing({}, 403, 409, 429)
        self.assertEqual(self.tus("DELETE", paths[7]).status, 204)
        self.assertEqual(self.tus_create().status, 201)

    def test_an_upload_of_length_zero_is_complete_at_once(self):
        answer = self.tus_create(0)
        self.assertEqual(answer.status, 201)
        self.assertIsNone(answer.get("Upload-Expires"))
        head = self.tus_head(answer.path)
        self.assertEqual((head.get("Upload-Offset"), head.get("Upload-Length"), head.get("Upload-Expires")), ("0", "0", None))
        self.assertEqual(self.tus_patch(answer.path, 0, b"").status, 204)
        self.assert_refused(self.tus_patch(answer.path, 0, b"x"))

    # Metadata.

    def metadata_of(self, text):
        answer = self.tus_head(self.tus_new(fields={"Upload-Metadata": text}))
        self.assertEqual(answer.status in (200, 204), True)
        return answer.get("Upload-Metadata")

    def test_head_gives_the_metadata_back_as_it_was_said(self):
        for text in (self.named, f"item {b64(self.item)},lot {b64('12b')}", f"zeta {b64('z')},{self.named},alpha {b64(bytes(range(256)))}",
                     f"{self.named},is_confidential", f"is_confidential ,{self.named}", f"{self.named},Item {b64('other case')}",
                     f"{self.named},odd!#$%&'*+-.^_`|~:;()key {b64('v')}", f"{self.named},grant {b64(self.owner.grant)}"):
            with self.subTest(text):
                self.assertEqual(self.metadata_of(text), text)

    def test_metadata_stay_as_bytes_come_in_and_until_the_upload_is_complete(self):
        text = f"lot {b64('12b')},{self.named}"
        path = self.tus_new(fields={"Upload-Metadata": text}, body=self.small[:100])
        self.assertEqual(self.tus_head(path).get("Upload-Metadata"), text)
        self.tus_patch(path, 100, self.small[100:2000])
        self.assertEqual(self.tus_head(path).get("Upload-Metadata"), text)

    def test_metadata_of_one_upload_are_not_those_of_another(self):
        paths = [self.tus_new(fields={"Upload-Metadata": f"{self.named},n {b64(str(number))}"}) for number in range(3)]
        self.assertEqual([self.tus_head(path).get("Upload-Metadata")[-4:] for path in paths], [b64("0"), b64("1"), b64("2")])

    def test_metadata_may_be_left_out_where_there_is_one_item(self):
        path = self.tus_new(fields={"Upload-Metadata": None})
        self.assertIsNone(self.tus_head(path).get("Upload-Metadata"))

    def test_metadata_that_name_no_item_are_taken_where_there_is_one_item(self):
        text = f"lot {b64('12b')}"
        self.assertEqual(self.metadata_of(text), text)

    def test_metadata_must_name_the_item_where_there_are_two(self):
        token = {"Authorization": f"Bearer {self.with_two_items.token}"}
        for text in (None, f"lot {b64('12b')}"):
            before = self.listed(self.with_two_items)
            self.assert_refused(self.tus_create(fields={**token, "Upload-Metadata": text}), 400, 422)
            self.assertEqual(self.listed(self.with_two_items), before)
        for code in self.with_two_items.items:
            self.assertEqual(self.tus_create(fields={**token, "Upload-Metadata": f"item {b64(code)}"}).status, 201)

    def test_an_item_that_was_not_asked_for_is_refused(self):
        for code in ("0" * 32, self.item.upper() + "0", "", "../..", self.with_two_items.items[0], "\r\nX: y"):
            with self.subTest(code):
                self.assert_creates_nothing({"Upload-Metadata": f"item {b64(code)}"}, 400, 403, 404, 422)

    def test_a_grant_that_is_not_that_of_the_link_is_refused(self):
        self.assert_creates_nothing({"Upload-Metadata": f"{self.named},grant {b64(self.other.grant)}"}, 400, 403, 404, 422)

    def test_metadata_out_of_the_grammar_are_refused(self):
        value = b64("12b")
        for text in (f"{self.named},lot {value},lot {value}", f"{self.named},{self.named}", f"{self.named},lot,lot {value}",
                     f"{self.named},", f",{self.named}", f"{self.named},,lot {value}", f"lot {value} {value},{self.named}",
                     f"{self.named},lot not_base64!", f"{self.named},lot {value[:-1]}*", f"{self.named},lot ====", f"{self.named},lot -_-_",
                     f"{self.named},lot A", f"{self.named},lot TQ=Q", f"{self.named},lot YWJj=", ","):
            with self.subTest(text):
                self.assert_creates_nothing({"Upload-Metadata": text})

    def test_metadata_at_the_edge_of_the_grammar_are_refused_or_given_back_as_said(self):
        for text in (f"{self.named}, lot {b64('a')}", f"{self.named}, {b64('a')}", f"{self.named},lot YQ",
                     f"{self.named},lot  {b64('abc')}", f"{self.named},lot YR=="):
            with self.subTest(text):
                answer = self.tus_create(fields={"Upload-Metadata": text})
                self.assertIn(answer.status, (201, 400))
                if answer.status == 201:
                    self.assertEqual(self.tus_head(answer.path).get("Upload-Metadata"), text)

    def test_an_empty_metadata_field_is_refused_or_as_if_it_were_not_there(self):
        self.assertIn(self.tus_create(fields={"Upload-Metadata": ""}).status, (201, 400))

    def test_a_metadata_field_said_twice_is_refused_or_joined(self):
        answer = self.tus_create(fields={"Upload-Metadata": [self.named, f"lot {b64('12b')}"]})
        self.assertIn(answer.status, (201, 400))
        if answer.status == 201:
            self.assertIn(f"lot {b64('12b')}", self.tus_head(answer.path).get("Upload-Metadata"))

    def test_metadata_smuggle_no_field_into_an_answer(self):
        evil = "x\r\nSet-Cookie: a=b\r\n\r\nHTTP/1.1 200 OK"
        answer = self.tus_create(fields={"Upload-Metadata": f"{self.named},name {b64(evil)}"})
        self.assertIn(answer.status, (201, 400))
        if answer.status == 201:
            self.assertEqual(self.tus_head(answer.path).all("Set-Cookie"), [])

    # Creation with upload.

    def test_a_creation_may_bring_the_first_bytes(self):
        answer = self.tus_create(body=self.small[:1000])
        self.assertEqual((answer.status, answer.get("Upload-Offset")), (201, "1000"))
        self.assertEqual(self.tus_patch(answer.path, 1000, self.small[1000:]).status, 204)
        self.assert_holds(answer.path, self.small)

    def test_a_creation_may_bring_all_bytes(self):
        answer = self.tus_create(body=self.small)
        self.assertEqual((answer.status, answer.number("Upload-Offset")), (201, len(self.small)))
        self.assert_holds(answer.path, self.small)

    def test_a_creation_may_bring_many_bytes(self):
        answer = self.tus_create(len(self.large), body=self.large)
        self.assertEqual((answer.status, answer.number("Upload-Offset")), (201, len(self.large)))
        self.assert_holds(answer.path, self.large)

    def test_a_creation_may_bring_no_bytes_under_their_media_type(self):
        answer = self.tus_create(body=b"")
        self.assertEqual(answer.status, 201)
        self.assertIn(answer.get("Upload-Offset"), (None, "0"))

    def test_a_creation_with_bytes_of_another_media_type_is_unsupported(self):
        for media_type in (None, "application/octet-stream", PARTIAL, "text/plain"):
            with self.subTest(media_type):
                self.assert_creates_nothing({"Content-Type": media_type}, 400, 415, body=self.small)

    def test_a_creation_with_more_bytes_than_its_length_keeps_none(self):
        self.assert_creates_nothing({}, 400, 413, body=self.small + b"x")
        self.assert_creates_nothing({"Upload-Length": 0}, 400, 413, body=self.small)

    def test_a_creation_with_bytes_that_are_no_age_file_is_refused(self):
        with self.nothing_created():
            self.assert_refused(self.tus_create(body=b"%PDF-1.7" + self.small[8:]), 422)

    def test_a_creation_with_bytes_and_their_checksum_is_checked(self):
        answer = self.tus_create(fields={"Upload-Checksum": checksum("sha256", self.small)}, body=self.small)
        self.assertEqual((answer.status, answer.number("Upload-Offset")), (201, len(self.small)))
        answer = self.tus_create(fields={"Upload-Checksum": checksum("sha256", changed(self.small))}, body=self.small)
        self.assertEqual(answer.status, 460)
        for upload in self.listed():
            self.assertIn(self.offset(f"{UPLOADS}/{upload}"), (0, len(self.small)))

    def expecting(self, fields, body_size=None):
        usual = [("Tus-Resumable", "1.0.0"), ("Upload-Length", len(self.small)), ("Content-Type", TUS_BYTES), *EXPECT.items()]
        size = len(self.small) if body_size is None else body_size
        return self.begin("POST", UPLOADS, usual, {"Content-Length": size, **fields})

    def test_a_creation_that_expects_it_is_told_to_go_on(self):
        wire = self.expecting({})
        wire.interim(100)
        answer = wire.send(self.small).answer()
        self.assertEqual((answer.status, answer.number("Upload-Offset")), (201, len(self.small)))

    def test_a_creation_that_expects_it_is_refused_before_its_bytes(self):
        for fields, *statuses in (({"Authorization": None}, 401), ({"Tus-Resumable": "0.2.2"}, 412), ({"Upload-Length": None}, 400),
                                  ({"Upload-Length": "abc"}, 400), ({"Upload-Length": 1 << 60}, 413), ({"Content-Type": "text/plain"}, 415),
                                  ({"Upload-Metadata": "item !"}, 400), ({"Content-Length": len(self.small) + 1}, 400, 413),
                                  ({"Upload-Length": self.size_max + 1}, 403, 413), ({"Upload-Checksum": "md5 YQ=="}, 400),
                                  ({"Upload-Concat": "partial"}, 400)):
            with self.subTest(fields), self.nothing_created():
                answer = self.expecting(fields).answer()
                self.assertEqual(answer.interim, [], "told to go on, and then refused")
                self.assert_refused(answer, *statuses)

    def test_a_patch_that_expects_it_is_told_to_go_on(self):
        path = self.tus_new()
        wire = self.tus_begin_patch(path, 0, self.small, 0, EXPECT)
        wire.interim(100)
        self.assertEqual(wire.send(self.small).answer().status, 204)
        self.assert_holds(path, self.small)

    def test_a_patch_that_expects_it_is_refused_before_its_bytes(self):
        path = self.tus_new()
        for fields, status in (({"Upload-Offset": 5}, 409), ({"Upload-Offset": "x"}, 400), ({"Content-Type": "text/plain"}, 415),
                               ({"Authorization": None}, 401), ({"Authorization": f"Bearer {self.other.token}"}, 404),
                               ({"Upload-Checksum": "md5 YQ=="}, 400), ({"Tus-Resumable": "9"}, 412)):
            with self.subTest(fields):
                answer = self.tus_begin_patch(path, 0, self.small, 0, {**EXPECT, **fields}).answer()
                self.assertEqual(answer.interim, [], "told to go on, and then refused")
                self.assert_refused(answer, status)
        self.assertEqual(self.offset(path), 0)

    # Deferred length.

    def assert_unknown_length(self, path, offset):
        answer = self.tus_head(path)
        self.assertEqual((answer.get("Upload-Defer-Length"), answer.get("Upload-Length")), ("1", None))
        self.assertEqual(answer.number("Upload-Offset"), offset)

    def assert_length(self, path, length, offset):
        answer = self.tus_head(path)
        self.assertEqual((answer.get("Upload-Defer-Length"), answer.number("Upload-Length")), (None, length))
        self.assertEqual(answer.number("Upload-Offset"), offset)

    def test_a_deferred_length_is_told_as_such_as_long_as_it_is_unknown(self):
        path = self.tus_deferred()
        self.assert_unknown_length(path, 0)
        self.assertEqual(self.tus_patch(path, 0, self.small[:900]).status, 204)
        self.assert_unknown_length(path, 900)

    def test_a_deferral_of_another_value_is_refused(self):
        for value in ("0", "2", "true", "", "01", "1,1", "-1", "?1"):
            with self.subTest(value):
                self.assert_creates_nothing({"Upload-Length": None, "Upload-Defer-Length": value})

    def test_a_deferral_said_twice_is_refused(self):
        self.assert_creates_nothing({"Upload-Length": None, "Upload-Defer-Length": ["1", "1"]})

    def test_a_creation_with_a_deferred_length_may_bring_the_first_bytes(self):
        answer = self.tus_create(fields={"Upload-Length": None, "Upload-Defer-Length": "1"}, body=self.small[:900])
        self.assertEqual((answer.status, answer.get("Upload-Offset")), (201, "900"))
        self.assert_unknown_length(answer.path, 900)

    def test_a_deferred_length_comes_with_a_patch_and_stays(self):
        path = self.tus_deferred()
        self.assertEqual(self.tus_patch(path, 0, self.small[:900], {"Upload-Length": len(self.small)}).status, 204)
        self.assert_length(path, len(self.small), 900)
        self.assertEqual(self.tus_patch(path, 900, self.small[900:]).status, 204)
        self.assert_holds(path, self.small)

    def test_a_deferred_length_may_come_with_the_last_bytes(self):
        path = self.tus_deferred()
        self.tus_patch(path, 0, self.small[:900])
        self.assertEqual(self.tus_patch(path, 900, self.small[900:], {"Upload-Length": len(self.small)}).status, 204)
        self.assert_holds(path, self.small)

    def test_a_deferred_length_may_come_after_the_last_bytes(self):
        path = self.tus_deferred()
        self.assertEqual(self.tus_patch(path, 0, self.small).status, 204)
        self.assert_unknown_length(path, len(self.small))
        self.assertEqual(self.tus_patch(path, len(self.small), b"", {"Upload-Length": len(self.small)}).status, 204)
        self.assert_length(path, len(self.small), len(self.small))
        self.assert_holds(path, self.small)

    def test_a_deferred_length_is_said_once(self):
        path = self.tus_deferred()
        self.tus_patch(path, 0, self.small[:900], {"Upload-Length": len(self.small)})
        for length in (len(self.small) + 1, len(self.small) - 1, 0):
            self.assert_refused(self.tus_patch(path, 900, b"", {"Upload-Length": length}))
            self.assert_length(path, len(self.small), 900)
        self.assertIn(self.tus_patch(path, 900, b"", {"Upload-Length": len(self.small)}).status, (204, 400, 409))
        self.assert_length(path, len(self.small), 900)

    def test_the_length_of_a_creation_is_not_changed_by_a_patch(self):
        path = self.tus_new()
        self.assert_refused(self.tus_patch(path, 0, self.small[:900], {"Upload-Length": len(self.small) + 16}))
        self.assert_length(path, len(self.small), 0)

    def test_a_deferred_length_that_is_no_integer_is_refused(self):
        path = self.tus_deferred()
        for length in NO_LENGTHS:
            with self.subTest(length):
                self.assert_refused(self.tus_patch(path, 0, self.small[:900], {"Upload-Length": length}), 400)
        for length in BEYOND_64_BITS:
            with self.subTest(length):
                self.assert_refused(self.tus_patch(path, 0, self.small[:900], {"Upload-Length": length}), 400, 413)
        self.assert_unknown_length(path, 0)

    def test_a_deferred_length_below_the_offset_is_refused(self):
        path = self.tus_deferred()
        self.tus_patch(path, 0, self.small[:900])
        self.assert_refused(self.tus_patch(path, 900, b"", {"Upload-Length": 899}))
        self.assert_unknown_length(path, 900)

    def test_a_deferred_length_beyond_what_the_link_may_is_refused(self):
        path = self.tus_deferred()
        for length in (self.size_max + 1, 1 << 60):
            self.assert_refused(self.tus_patch(path, 0, self.small[:900], {"Upload-Length": length}), 400, 403, 413)
            self.assert_unknown_length(path, 0)

    def test_bytes_of_an_unknown_length_stop_at_what_the_link_may(self):
        path = self.tus_deferred()
        wire = self.tus_begin_patch(path, 0, b"", 0, {"Content-Length": self.size_max + 1})
        self.assert_refused(wire.answer(), 400, 403, 413)
        self.tus_patch(path, 0, self.small[:900])
        wire = self.tus_begin_patch(path, 900, b"", 0, {"Content-Length": self.size_max - 899})
        self.assert_refused(wire.answer(), 400, 403, 413)
        self.assert_unknown_length(path, 900)

    def test_a_deferred_length_is_not_recorded_by_a_patch_at_another_offset(self):
        path = self.tus_deferred()
        self.assert_refused(self.tus_patch(path, 5, self.small, {"Upload-Length": len(self.small)}), 409)
        self.assert_unknown_length(path, 0)

    def test_a_deferred_length_and_more_bytes_than_it_are_refused(self):
        path = self.tus_deferred()
        self.assert_refused(self.tus_patch(path, 0, self.small, {"Upload-Length": 900}))
        self.assertLessEqual(self.offset(path), 900)


if __name__ == "__main__":
    unittest.main()
