"""A line between an uploader and the edge that can be slow, break and be dead, and counts what goes up through it. It carries TLS and
looks into nothing."""
import selectors
import socket
import threading
import time

PIECE = 64 * 1024
HELD = 256 * 1024  # by the line itself: what an uploader believes to have sent, and has not


class SlowLine:
    def __init__(self, port):
        self._to = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, HELD)
        self.port = self._listener.getsockname()[1]
        self.bytes_per_second = None  # up, all connections together; None: as fast as it goes
        self.sent_up = 0
        self.connections = 0
        self.dead = False             # takes connections and ends them at once
        self._pairs = []
        self._lock = threading.Lock()
        self._pace = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def link(self, link):
        """The same link, over this line."""
        before, after = link.split("/u#")
        return f"{before.rsplit(':', 1)[0]}:{self.port}/u#{after}"

    def cut(self):
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for one in pairs:
            for end in one:
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def close(self):
        self.dead = True
        self._listener.close()
        self.cut()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            try:
                far = None if self.dead else socket.create_connection(self._to, 5)
            except OSError:
                far = None
            if far is None:
                near.close()
                continue
            with self._lock:
                self._pairs.append((near, far))
            threading.Thread(target=self._carry, args=(near, far), daemon=True).start()

    def _carry(self, near, far):
        with selectors.DefaultSelector() as selector:
            selector.register(near, selectors.EVENT_READ, far)
            selector.register(far, selectors.EVENT_READ, near)
            try:
                while True:
                    for key, _ in selector.select():
                        piece = key.fileobj.recv(PIECE)
                        if not piece:
                            return
                        if key.fileobj is near:
                            self._wait_for(len(piece))
                        key.data.sendall(piece)
            except OSError:
                pass
            finally:
                near.close()
                far.close()

    def _wait_for(self, size):
        with self._pace:
            self.sent_up += size
            if self.bytes_per_second:
                time.sleep(size / self.bytes_per_second)
