"""tus 1.0.0 on bad lines and by several at once: bodies that are cut, reset or stall; takeover; restarts; whose an upload is; framing."""
import concurrent.futures
import hashlib
import unittest

from wire import Closed, EdgeCase, NOBODY, TAKEOVER_SECONDS, TUS_BYTES, UPLOADS, harness

PART = 1_000_000


class TusConnections(EdgeCase):
    def assert_goes_on(self, path, content):
        """From the offset that HEAD tells, to the last byte."""
        offset = self.offset(path)
        self.assertEqual(self.tus_patch(path, offset, content[offset:]).status, 204)
        self.assert_holds(path, content)

    def arrived(self, path, size):
        """Asked without HEAD, which would end the request that brings the bytes."""
        name = path.rsplit("/", 1)[-1]
        return self.owner.get(f"{UPLOADS}/{name}").json["offset"] == size

    def restart(self, how):
        how()
        for link in self.links:
            link.close()
        self.sluis.start_edge()

    # Bodies that end too early.

    def test_a_body_that_is_cut_keeps_what_arrived(self):
        for content, sent in ((self.small, 1234), (self.large, PART)):
            path = self.tus_new(len(content))
            self.tus_begin_patch(path, 0, content, sent).cut()
            harness.wait_until(lambda: self.arrived(path, sent), "the bytes that arrived", 10)
            self.assertEqual(self.offset(path), sent)
            self.assert_goes_on(path, content)

    def test_the_body_of_a_creation_that_is_cut_keeps_what_arrived(self):
        usual = [("Tus-Resumable", "1.0.0"), ("Upload-Length", len(self.large)), ("Content-Type", TUS_BYTES)]
        before = self.listed()
        self.begin("POST", UPLOADS, usual, {}, self.large, sent=PART).cut()
        [name] = harness.wait_until(lambda: self.listed() - before, "the upload", 10)
        harness.wait_until(lambda: self.arrived(name, PART), "the bytes that arrived", 10)
        self.assert_goes_on(f"{UPLOADS}/{name}", self.large)

    def test_a_body_that_is_reset_spoils_nothing(self):
        path = self.tus_new(len(self.large))
        self.tus_begin_patch(path, 0, self.large, PART).reset()
        self.assertLessEqual(self.offset(path), PART)
        self.assert_goes_on(path, self.large)

    def test_a_body_that_is_cut_again_and_again_arrives(self):
        path, offset = self.tus_new(len(self.large)), 0
        for number in range(5):
            wire = self.tus_begin_patch(path, offset, self.large[offset:], 300_000)
            wire.cut() if number % 2 else wire.reset()
            now = self.offset(path)
            self.assertGreaterEqual(now, offset)
            self.assertLessEqual(now, offset + 300_000)
            offset = now
        self.assert_goes_on(path, self.large)

    def test_a_head_without_its_body_changes_nothing(self):
        path = self.tus_new(body=self.small[:500])
        self.tus_begin_patch(path, 500, self.small[500:], 0).cut()
        self.assertEqual(self.offset(path), 500)

    def test_a_cut_body_of_unknown_length_keeps_what_arrived(self):
        path = self.tus_deferred()
        self.tus_begin_patch(path, 0, self.small, 1234, {"Upload-Length": len(self.small)}).cut()
        harness.wait_until(lambda: self.arrived(path, 1234), "the bytes that arrived", 10)
        head = self.tus_head(path)
        self.assertIn((head.get("Upload-Length"), head.get("Upload-Defer-Length")), ((str(len(self.small)), None), (None, "1")))
        answer = self.tus_patch(path, 1234, self.small[1234:], {"Upload-Length": len(self.small)})
        self.assertEqual(answer.status, 204)
        self.assert_holds(path, self.small)

    # Bodies that stall; the newest request wins.

    def test_head_takes_over_a_stalled_body_and_tells_all_that_arrived(self):
        path = self.tus_new()
        stalled = self.tus_begin_patch(path, 0, self.small, 1234)
        self.settle(stalled)
        with self.within(TAKEOVER_SECONDS):
            self.assertEqual(self.offset(path), 1234)
        self.assert_ended(stalled)
        self.assert_goes_on(path, self.small)

    def assert_ended(self, wire):
        """Refused, or closed without a word."""
        try:
            self.assert_refused(wire.answer())
        except Closed:
            pass

    def test_head_right_behind_a_stalled_body_is_answered_at_once(self):
        path = self.tus_new(len(self.large))
        self.tus_begin_patch(path, 0, self.large, PART)
        with self.within(TAKEOVER_SECONDS):
            self.assertLessEqual(self.offset(path), PART)
        self.assert_goes_on(path, self.large)

    def test_a_patch_takes_over_a_stalled_one(self):
        path = self.tus_new()
        stalled = self.tus_begin_patch(path, 0, self.small, 900)
        self.settle(stalled)
        with self.within(TAKEOVER_SECONDS):
            self.assertEqual(self.tus_patch(path, 900, self.small[900:]).status, 204)
        self.assert_ended(stalled)
        self.assert_holds(path, self.small)

    def test_a_delete_takes_over_a_stalled_patch(self):
        path = self.tus_new(len(self.large))
        stalled = self.tus_begin_patch(path, 0, self.large, PART)
        with self.within(TAKEOVER_SECONDS):
            self.assertEqual(self.tus("DELETE", path).status, 204)
        self.assert_ended(stalled)
        self.assert_gone(path)

    def test_head_takes_over_a_stalled_creation(self):
        usual = [("Tus-Resumable", "1.0.0"), ("Upload-Length", len(self.small)), ("Content-Type", TUS_BYTES)]
        before = self.listed()
        self.begin("POST", UPLOADS, usual, {}, self.small, sent=900)
        [name] = harness.wait_until(lambda: self.listed() - before, "the upload", 10)
        with self.within(TAKEOVER_SECONDS):
            self.assertLessEqual(self.offset(f"{UPLOADS}/{name}"), 900)
        self.assert_goes_on(f"{UPLOADS}/{name}", self.small)

    def test_what_a_stalled_request_sends_after_the_takeover_is_not_added(self):
        path = self.tus_new()
        stalled = self.tus_begin_patch(path, 0, self.small, 900)
        offset = self.offset(path)
        stalled.send(b"\0" * (len(self.small) - 900))
        self.assertEqual(self.offset(path), offset)
        self.assert_ended(stalled)
        self.assert_goes_on(path, self.small)

    def test_a_refused_patch_ends_no_other_upload(self):
        one, other = self.tus_new(), self.tus_new()
        running = self.tus_begin_patch(one, 0, self.small, 900)
        self.assert_refused(self.tus_patch(other, 5, b"x"), 409)
        self.assertEqual(running.send(self.small[900:]).answer().status, 204)

    def test_a_stranger_ends_nobodys_request(self):
        path = self.tus_new()
        running = self.tus_begin_patch(path, 0, self.small, 900)
        for fields in ({"Authorization": f"Bearer {self.other.token}"}, {"Authorization": None}):
            self.assert_refused(self.tus_head(path, fields), 401, 404)
            self.assert_refused(self.tus("DELETE", path, fields), 401, 404)
            self.assert_refused(self.tus_patch(path, 0, b"x", fields), 401, 404)
        self.assertEqual(running.send(self.small[900:]).answer().status, 204)

    def test_of_two_patches_at_once_the_bytes_are_there_once(self):
        path = self.tus_new(len(self.large))
        first = self.tus_begin_patch(path, 0, self.large, PART)
        second = self.tus_begin_patch(path, 0, self.large, PART)
        for wire in (first, second):
            wire.send(self.large[PART:])
        for wire in (first, second):
            try:
                self.assertIn(wire.answer().status, (204, 409, 423))
            except Closed:
                pass
        self.assert_goes_on(path, self.large)

    def test_of_many_patches_at_once_the_bytes_are_there_once(self):
        path = self.tus_new(len(self.large))

        def try_it(_):
            try:
                return self.tus_patch(path, 0, self.large).status
            except Closed:
                return None
        with concurrent.futures.ThreadPoolExecutor(8) as several:
            statuses = set(several.map(try_it, range(8)))
        self.assertLessEqual(statuses, {204, 409, 423, None})
        self.assert_goes_on(path, self.large)

    def test_uploads_of_one_link_at_once_do_not_disturb_each_other(self):
        paths = [self.tus_new(len(self.large)) for _ in range(6)]
        with concurrent.futures.ThreadPoolExecutor(6) as several:
            self.assertEqual(set(several.map(lambda path: self.tus_patch(path, 0, self.large).status, paths)), {204})
        for path in paths:
            self.assert_holds(path, self.large)

    def test_every_offset_that_was_told_is_of_use(self):
        path, offset = self.tus_new(), 0
        while offset < len(self.small):
            piece = self.small[offset:offset + 700]
            wire = self.tus_begin_patch(path, offset, self.small[offset:], len(piece))
            self.settle(wire)
            offset += len(piece)
            self.assertEqual(self.offset(path), offset)
            wire.cut()
        self.assert_holds(path, self.small)

    # Restarts.

    def test_an_acknowledged_offset_outlives_a_kill(self):
        path = self.tus_new(len(self.large))
        self.assertEqual(self.tus_patch(path, 0, self.large[:PART]).status, 204)
        self.tus_begin_patch(path, PART, self.large[PART:], PART)
        self.restart(self.sluis.edge.kill)
        self.assertGreaterEqual(self.offset(path), PART)
        self.assert_goes_on(path, self.large)

    def test_a_stop_in_the_middle_of_a_body_keeps_what_arrived(self):
        path = self.tus_new()
        wire = self.tus_begin_patch(path, 0, self.small, 1234)
        self.settle(wire)
        with concurrent.futures.ThreadPoolExecutor(1) as beside:
            stopping = beside.submit(self.sluis.edge.stop)
            wire.cut()  # which need not wait for the silence to become too long
            self.restart(stopping.result)
        self.assertEqual(self.offset(path), 1234)
        self.assert_goes_on(path, self.small)

    # Whose an upload is.

    def test_anothers_upload_looks_like_one_that_never_was(self):
        path = self.tus_new(body=self.small[:900])
        patch = {"Upload-Offset": 900, "Content-Type": TUS_BYTES}
        for method, fields, body in (("HEAD", {}, None), ("GET", {}, None), ("PATCH", patch, self.small[900:]), ("DELETE", {}, None),
                                     ("POST", {**patch, "X-HTTP-Method-Override": "PATCH"}, self.small[900:])):
            with self.subTest(method):
                fields = {**fields, "Authorization": f"Bearer {self.other.token}"}
                theirs, none = self.tus(method, path, fields, body), self.tus(method, NOBODY, fields, body)
                self.assert_refused(theirs, 404)
                self.assertEqual((theirs.status, theirs.body), (none.status, none.body))
                same = [[field for field in answer.fields if field[0] != "date"] for answer in (theirs, none)]
                self.assertEqual(same[0], same[1])
        self.assertEqual(self.offset(path), 900)

    def test_anothers_terminated_upload_looks_like_one_that_never_was(self):
        path = self.tus_new()
        self.tus("DELETE", path)
        self.assert_refused(self.tus_head(path, {"Authorization": f"Bearer {self.other.token}"}), 404)

    def test_without_a_right_token_nothing_is_told_or_done(self):
        path = self.tus_new(body=self.small[:900])
        for token in (None, "", "Bearer", "Bearer x", f"Basic {self.owner.token}", f"Bearer {self.owner.token[:-1]}", self.owner.token):
            with self.subTest(token):
                fields = {"Authorization": token}
                self.assertIsNone(self.tus_head(path, fields).get("Upload-Offset"))
                self.assert_refused(self.tus_patch(path, 900, self.small[900:], fields), 400, 401)
                self.assert_refused(self.tus("DELETE", path, fields), 400, 401)
                self.assert_refused(self.tus_create(fields=fields), 400, 401)
        self.assertEqual(self.offset(path), 900)

    def test_two_tokens_in_one_request_are_refused(self):
        tokens = [f"Bearer {self.owner.token}", f"Bearer {self.other.token}"]
        self.assert_refused(self.call("HEAD", self.tus_new(), [("Tus-Resumable", "1.0.0")], {"Authorization": tokens}), 400, 401)

    # Framing.

    def test_a_body_needs_its_length(self):
        path = self.tus_new()
        usual = [("Tus-Resumable", "1.0.0"), ("Upload-Offset", 0), ("Content-Type", TUS_BYTES), ("Transfer-Encoding", "chunked")]
        wire = self.begin("PATCH", path, usual).send(b"5\r\nhello\r\n0\r\n\r\n")
        self.assert_refused(wire.answer(), 400, 411)
        self.assertEqual(self.offset(path), 0)

    def test_a_body_with_two_framings_is_refused_and_the_connection_closed(self):
        path = self.tus_new()
        fields = {"Transfer-Encoding": "chunked"}
        wire = self.tus_begin_patch(path, 0, b"0\r\n\r\n" + self.small[5:], None, fields)
        self.assert_refused(wire.answer(), 400)
        self.assertTrue(wire.is_closed)
        self.assertEqual(self.offset(path), 0)

    def test_a_content_length_that_is_no_integer_or_several_is_refused(self):
        path = self.tus_new()
        for length in ("+5", "-5", "0x5", "5,6", "", "five", "99999999999999999999999", [5, 6], "5 5"):
            with self.subTest(length):
                wire = self.tus_begin_patch(path, 0, b"hello", None, {"Content-Length": length})
                self.assert_refused(wire.answer(), 400, 411, 413)
        self.assertEqual(self.offset(path), 0)

    def test_control_fields_said_twice_are_refused(self):
        path = self.tus_new()
        for name, value in (("Tus-Resumable", "1.0.0"), ("Upload-Offset", "0"), ("Content-Type", TUS_BYTES)):
            with self.subTest(name):
                answer = self.call("PATCH", path, [("Tus-Resumable", "1.0.0"), ("Upload-Offset", 0), ("Content-Type", TUS_BYTES)],
                                   {name: [value, value]}, self.small)
                self.assertIn(answer.status, (400, 412, 415))
                self.assertEqual(self.offset(path), 0)

    def test_a_body_in_single_bytes_arrives(self):
        path = self.tus_new()
        wire = self.tus_begin_patch(path, 0, self.small, 0)
        for byte in self.small:
            wire.send(bytes([byte]))
        self.assertEqual(wire.answer().status, 204)
        self.assert_holds(path, self.small)

    def test_field_names_are_the_same_in_any_case_and_space_around_values_means_nothing(self):
        path = self.tus_new()
        lines = [f"PATCH {path} HTTP/1.1", "host:localhost", f"AUTHORIZATION:\t Bearer {self.owner.token} ", "tus-resumable:1.0.0",
                 "UPLOAD-OFFSET: \t0\t", f"content-type:{TUS_BYTES}\t", f"content-length:   {len(self.small)}", "", ""]
        wire = self.connect().send("\r\n".join(lines).encode() + self.small)
        wire.methods.append("PATCH")
        self.assertEqual(wire.answer().status, 204)
        self.assert_holds(path, self.small)

    def test_requests_that_are_sent_at_once_are_answered_in_order(self):
        path, wire = self.tus_new(), self.connect()
        usual = [("Tus-Resumable", "1.0.0")]
        for begin in (0, 1500):
            piece = self.small[begin:begin + 1500]
            self.begin("PATCH", path, usual, {"Upload-Offset": begin, "Content-Type": TUS_BYTES}, piece, wire)
            self.begin("HEAD", path, usual, {}, None, wire)
        answers = [wire.answer() for _ in range(4)]
        self.assertEqual([answer.number("Upload-Offset") for answer in answers], [1500, 1500, 3000, 3000])

    def test_a_connection_goes_on_after_a_refusal_or_is_closed(self):
        path, wire = self.tus_new(), self.connect()
        for number in range(3):
            self.assert_refused(self.tus_patch(path, 7, self.small, wire=wire), 409)
            try:
                self.assertEqual(self.tus("HEAD", path, wire=wire).get("Upload-Offset"), "0")
            except Closed:
                wire = self.connect()

    def test_the_bytes_of_a_refused_body_are_no_request(self):
        path = self.tus_new()
        hidden = f"DELETE {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.owner.token}\r\nTus-Resumable: 1.0.0\r\n\r\n"
        for fields in ({"Upload-Offset": 7}, {"Content-Type": "text/plain"}, {"Upload-Offset": "x"}, {"Upload-Checksum": "md5 YQ=="}):
            wire = self.tus_begin_patch(path, 0, hidden.encode(), None, fields)
            self.assert_refused(wire.answer())
            wire.cut()
            self.assertEqual(self.offset(path), 0)

    def test_a_seal_of_what_is_still_coming_in_is_a_conflict(self):
        path = self.tus_new()
        self.tus_begin_patch(path, 0, self.small, 900)
        seal = self.owner.seal_body(hashlib.sha256(self.small).digest(), b"plain", "verslag.pdf")
        self.assertEqual(self.owner.seal(path.rsplit("/", 1)[-1], seal).status, 409)
        self.assert_goes_on(path, self.small)


if __name__ == "__main__":
    unittest.main()
