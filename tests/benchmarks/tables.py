"""The tables of the upload benchmarks, in Markdown: what was aimed at and what it is, as ratios; then what was measured."""

OURS, LIMIT, NODE = "sluis", "sink", "@tus/server"

# figure, of whom, divided by whose, aim (≥ or ≤), words
RATIOS = [
    ("big_rate", OURS, LIMIT, "≥", 0.85, "1 GiB: speed ÷ the sink's"),
    ("big_cpu", OURS, None, "≤", 1.5, "1 GiB: CPU-seconds"),
    ("big_rate", OURS, NODE, None, None, "1 GiB: speed ÷ @tus/server's"),
    ("big_rate", OURS, "nginx", None, None, "1 GiB: speed ÷ nginx's"),
    ("big_rate", OURS, "apache", None, None, "1 GiB: speed ÷ apache's"),
    ("small_rate", OURS, LIMIT, "≥", 0.6, "1000 × 100 KiB: rate ÷ the sink's"),
    ("small_rate", OURS, NODE, "≥", 3, "1000 × 100 KiB: rate ÷ @tus/server's"),
    ("small_p99", OURS, LIMIT, "≤", 2, "1000 × 100 KiB: p99 ÷ the sink's"),
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
SYNCING = (OURS, LIMIT)


def number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(head: list[str], rows: list[list[str]]) -> str:
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = [head, ["-" * width for width in widths], *rows]
    return "\n".join("| " + " | ".join(word.ljust(width) for word, width in zip(line, widths)) + " |" for line in lines) + "\n"


def ratios(medians: dict) -> str:
    rows = []
    for figure, whose, other, sign, aim, words in RATIOS:
        value = medians.get(whose, {}).get(figure)
        if other is not None:
            divisor = medians.get(other, {}).get(figure)
            value = value / divisor if value is not None and divisor else None
        if value is None:
            reached = "not measured"
        else:
            reached = "" if sign is None else "yes" if (value >= aim if sign == "≥" else value <= aim) else "no"
        rows.append([words, number(value), f"{sign} {aim}" if sign else "", reached])
    return table(["sluis", "is", "aim", "reached"], rows)


def measured(medians: dict, columns: list[tuple[str, str]], first: str) -> str:
    rows = []
    for server, figures in medians.items():
        if any(figure in figures for figure, _ in columns):
            rows.append([server + (", syncs" if server.split(",")[0] in SYNCING else ""), *(number(figures.get(name)) for name, _ in columns)])
    return table([first, *(words for _, words in columns)], rows)


def text_of(title: str, medians: dict, missing: dict[str, str]) -> str:
    parts = ["# Uploads: what was measured\n", title + ".\n", ratios(medians), measured(medians, THROUGHPUT, "throughput"),
             measured(medians, CONNECTIONS, "connections")]
    parts += [f"Missing: {name}, {why}.\n" for name, why in missing.items()]
    return "\n".join(parts)
