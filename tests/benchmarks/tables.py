"""The tables of the upload benchmarks, in Markdown: what was aimed at and what it is, as ratios; then what was measured."""
import statistics

OURS, LIMIT, NODE = "sluis", "sink", "@tus/server"

# figure, of whom, divided by whose, aim (≥ or ≤), words
RATIOS = [
    ("big_rate", OURS, LIMIT, "≥", 0.85, "1 GiB: speed ÷ the sink's"),
    ("big_cpu", OURS, None, "≤", 1.5, "1 GiB: CPU-seconds"),
    ("big_cpu", OURS, LIMIT, None, None, "1 GiB: CPU ÷ the sink's"),
    ("big_rate", OURS, NODE, None, None, "1 GiB: speed ÷ @tus/server's"),
    ("big_rate", OURS, "nginx", None, None, "1 GiB: speed ÷ nginx's"),
    ("big_rate", OURS, "apache", None, None, "1 GiB: speed ÷ apache's"),
    ("small_rate", OURS, LIMIT, "≥", 0.6, "1000 × 100 KiB: rate ÷ the sink's"),
    ("small_rate", OURS, NODE, "≥", 3, "1000 × 100 KiB: rate ÷ @tus/server's"),
    ("small_p99", OURS, LIMIT, "≤", 2, "1000 × 100 KiB: p99 ÷ the sink's"),
    ("small_cpu", OURS, LIMIT, None, None, "1000 × 100 KiB: CPU ÷ the sink's"),
    ("small_rate", OURS, "nginx", None, None, "1000 × 100 KiB: rate ÷ nginx's"),
    ("small_rate", OURS, "apache", None, None, "1000 × 100 KiB: rate ÷ apache's"),
    ("held_each", OURS, None, "≤", 40, "KiB for a half-open upload"),
    ("idle_each", OURS, None, "≤", 25, "KiB for an idle TLS connection"),
    ("idle_memory", OURS, None, "≤", 20, "MiB at rest"),
    ("handshakes_core", OURS, None, "≥", 800, "full TLS handshakes a second of one core"),
    ("handshakes_core", OURS, LIMIT, None, None, "handshakes a core ÷ the sink's"),
]
THROUGHPUT = [
    ("big_rate", "1 GiB, MB/s"), ("big_cpu", "CPU s"), ("big_peak", "peak MiB"), ("small_rate", "1000 × 100 KiB, a second"),
    ("small_p50", "p50 ms"), ("small_p99", "p99 ms"), ("small_cpu", "CPU ms each"), ("small_peak", "peak MiB"),
]
CONNECTIONS = [
    ("idle_memory", "MiB at rest"), ("held_alive", "half-open"), ("held_each", "KiB each"), ("idle_alive", "idle TLS"),
    ("idle_each", "KiB each"), ("handshakes", "handshakes/s"), ("handshakes_core", "a core"),
]
SPEEDS = ("big_rate", "big_cpu", "small_rate", "small_p99")
SYNCING = (OURS, LIMIT)  # a 2xx says that the bytes are on the disk


def number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(head: list[str], rows: list[list[str]]) -> str:
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = [head, ["-" * width for width in widths], *rows]
    return "\n".join("| " + " | ".join(word.ljust(width) for word, width in zip(line, widths)) + " |" for line in lines) + "\n"


def median(figures: dict, whose: str, figure: str) -> float | None:
    values = figures.get(whose, {}).get(figure)
    return statistics.median(values) if values else None


def ratio(figures: dict, figure: str, whose: str, other: str) -> float | None:
    """The median of the rounds' ratios: what was measured side by side is divided."""
    pairs = zip(figures.get(whose, {}).get(figure, []), figures.get(other, {}).get(figure, []))
    found = [value / divisor for value, divisor in pairs if divisor]
    return statistics.median(found) if found else None


def ratios(figures: dict, busy: bool) -> str:
    rows = []
    for figure, whose, other, sign, aim, words in RATIOS:
        value = ratio(figures, figure, whose, other) if other else median(figures, whose, figure)
        if value is None:
            reached = "not measured"
        elif sign is None:
            reached = ""
        elif busy and figure in SPEEDS:
            reached = "too busy"
        else:
            reached = "yes" if (value >= aim if sign == "≥" else value <= aim) else "no"
        rows.append([words, number(value), f"{sign} {aim}" if sign else "", reached])
    return table(["sluis", "is", "aim", "reached"], rows)


def measured(figures: dict, columns: list[tuple[str, str]], first: str) -> str:
    rows = []
    for server, own in figures.items():
        if any(figure in own for figure, _ in columns):
            syncs = ", syncs" if server.split(",")[0] in SYNCING else ""
            rows.append([server + syncs, *(number(median(figures, server, name)) for name, _ in columns)])
    return table([first, *(words for _, words in columns)], rows)


def text_of(title: str, figures: dict, missing: dict[str, str], busy: bool) -> str:
    """`busy`: other programs had so much of the cores that no speed says whether an aim is reached."""
    parts = ["# Uploads: what was measured\n", title + ".\n", ratios(figures, busy), measured(figures, THROUGHPUT, "throughput"),
             measured(figures, CONNECTIONS, "connections")]
    parts += [f"Missing: {name}, {why}.\n" for name, why in missing.items()]
    return "\n".join(parts)
