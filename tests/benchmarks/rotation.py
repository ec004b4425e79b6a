"""How many keys a second `sluis keys rotate` seals anew; called by run.py, on an installation as the tests make it."""
import sys

sys.path.insert(0, __file__.rsplit("/", 2)[0] + "/integration")
import many_keys_test  # noqa: E402


class Rotation(many_keys_test.City):
    def test_speed(self):
        self.open_dossiers()
        self.sluis.core.stop()
        fastest = min(self.rotate() for _ in range(3))
        print(f"  keys rotate: {many_keys_test.COMPARTMENTS} keys in {fastest:.2f} s, {many_keys_test.COMPARTMENTS / fastest:.0f} keys/s",
              flush=True)
