"""A terminal on whose far end a program's standard error is, and what was to be seen on it."""
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import threading
import time


class Terminal:
    def __init__(self, columns, rows):
        self._size = struct.pack("HHHH", rows, columns, 0, 0)
        self.text = ""
        self.seconds = 0.0

    def run(self, command, environment, meanwhile=None):
        """The exit code."""
        near, far = pty.openpty()
        fcntl.ioctl(far, termios.TIOCSWINSZ, self._size)
        began = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=far, env=environment)
        os.close(far)
        reader = threading.Thread(target=self._read, args=(near,))
        reader.start()
        try:
            if meanwhile:
                meanwhile()
            return process.wait(120)
        finally:
            process.kill()
            process.wait()
            reader.join()
            os.close(near)
            self.seconds = time.monotonic() - began

    def _read(self, near):
        seen = b""
        while True:
            try:
                piece = os.read(near, 65536)
            except OSError:  # the far end is closed
                piece = b""
            if not piece:
                self.text = seen.decode("utf-8")
                return
            seen += piece

    def pictures(self):
        """The lines of each drawing."""
        drawings = [one for one in self.text.split("\x1b[J") if "\x1b[K" in one]
        return [[re.sub(r"\x1b\[\d*[A-Z]|[\r\n]", "", line) for line in one.split("\x1b[K")[:-1]] for one in drawings]
