#!/usr/bin/python3
"""Real documents, made by the programs that make them in real life: LibreOffice (ODT, DOCX, PDF), ImageMagick (photos), and PDFs that
Debian packages ship. Kept in build/documents and made again only when this file changes.

    tests/documents/make.py        makes them and prints the folder
    documents.make.documents()     {name: path} for tests
"""
import hashlib
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "build" / "documents"

# Words that occur in the documents and nowhere else: the stolen-edge drill looks for them.
CANARIES = ["Kanariepietje-7f3a91", "lumbosacrale-kanarie-52c8", "Wilhelmina Kanariesdochter"]

REPORT = f"""<!DOCTYPE html>
<html lang="nl"><head><meta charset="utf-8"><title>Medisch verslag {CANARIES[0]}</title></head><body>
<h1>Medisch verslag</h1>
<p>Aan de adviserend arts van de sociale dienst.</p>
<p>Betreft: mevrouw {CANARIES[2]}, geboren op 3 februari 1971, dossier van de sociale dienst.</p>
<h2>Anamnese</h2>
<p>Patiënte meldt sinds achttien maanden pijn in de onderrug met uitstraling naar het linkerbeen. Zitten lukt hoogstens een half uur,
staan een kwartier. Kinesitherapie gaf tijdelijk verlichting. De klachten namen toe na een val in november; zie {CANARIES[0]}.</p>
<h2>Onderzoek</h2>
<table border="1"><tr><th>Onderzoek</th><th>Datum</th><th>Bevinding</th></tr>
<tr><td>MRI wervelkolom</td><td>12 mei 2026</td><td>{CANARIES[1]}: hernia L5–S1 met wortelcontact links</td></tr>
<tr><td>EMG</td><td>2 juni 2026</td><td>Vertraagde geleiding van de nervus peroneus</td></tr>
<tr><td>Bloedonderzoek</td><td>4 juni 2026</td><td>Geen afwijkingen</td></tr></table>
<h2>Besluit</h2>
<p>Tijdelijk ongeschikt voor rugbelastend werk; aangepast, afwisselend zittend en staand werk is mogelijk na overleg. Herevaluatie over
zes maanden. De behandeling bestaat uit pijnstilling, kinesitherapie en zo nodig een infiltratie.</p>
{"".join(f"<p>Verloopnota {number}: stabiel, medicatie ongewijzigd, volgende afspraak over vier weken.</p>" for number in range(1, 61))}
<p>Met collegiale groeten,<br>Dr. E. Wouters, reumatoloog</p>
</body></html>
"""

OFFICE = [("odt", "writer8", "Medisch verslag (bijlage).odt"), ("docx", "MS Word 2007 XML", "Verslag Wouters.docx"),
          ("pdf", "writer_pdf_Export", "Medisch verslag.pdf")]
PHOTOS = [("Foto werf 1.jpg", ["-size", "3600x2400", "plasma:tomato-steelblue", "-quality", "97"]),
          ("Scan attest.png", ["-size", "1400x1000", "plasma:white-grey40", "-depth", "8"])]
SHIPPED = ["/usr/share/doc/libtasn1-doc/libtasn1.pdf", "/usr/share/doc/shared-mime-info/shared-mime-info-spec.pdf"]


def run(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: exit code {done.returncode}: {done.stdout[-800:]}{done.stderr[-800:]}")


def make_all(folder):
    with tempfile.TemporaryDirectory() as work:
        source = pathlib.Path(work) / "verslag.html"
        source.write_text(REPORT, "utf-8")
        for extension, export, name in OFFICE:
            run(["soffice", f"-env:UserInstallation=file://{work}/profile", "--headless", "--norestore",
                 "--infilter=HTML (StarWriter)", "--convert-to", f"{extension}:{export}", "--outdir", work, str(source)])
            shutil.move(pathlib.Path(work) / f"verslag.{extension}", folder / name)
    for name, arguments in PHOTOS:
        run(["/usr/bin/convert", "-seed", "20261124", *arguments, str(folder / name)])
    for path in map(pathlib.Path, SHIPPED):
        if path.exists():
            shutil.copy(path, folder / path.name)


def documents():
    stamp = FOLDER / ".made-by"
    recipe = hashlib.sha256(pathlib.Path(__file__).read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != recipe:
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir(parents=True)
        make_all(FOLDER)
        stamp.write_text(recipe)
    found = {path.name: path for path in sorted(FOLDER.iterdir()) if not path.name.startswith(".")}
    for name in [name for _, _, name in OFFICE] + [name for name, _ in PHOTOS]:
        if name not in found or found[name].stat().st_size < 5000:
            raise RuntimeError(f"{name} was not made")
    return found


if __name__ == "__main__":
    for name, path in documents().items():
        print(f"{path.stat().st_size:>10}  {name}")
    print(FOLDER)
    sys.exit(0)
