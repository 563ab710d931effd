public import Values

/// What one workload showed with one number of connections: the median of the passes.
public struct Figures: Sendable {
    /// The workload, such as `W1`.
    public let workload: String
    /// What it stands for.
    public let title: Label
    /// How many connections asked.
    public let connections: Int
    /// Requests answered per second.
    public let perSecond: Double
    /// The time that half of the answers stayed within, in milliseconds.
    public let median: Double
    /// The time that 99 of 100 answers stayed within, in milliseconds.
    public let p99: Double
    /// Answers that were wrong, over all passes.
    public let errors: Int
    /// Mean size of a body in bytes.
    public let bytes: Double
    /// Processor time of the server per request, in milliseconds.
    public let processor: Double
    /// The same work as a bare statement in this process, in milliseconds of processor time; nil where there is none.
    public let bare: Double?
    /// The same work by the record engine in this process, without HTTP, in milliseconds of processor time.
    public let engine: Double?
    /// The first wrong answer.
    public let firstError: String?
}

/// What a whole run showed.
public struct BenchResult: Sendable {
    /// How many customers the data set has.
    public let customers: Int
    /// Figures per workload and number of connections.
    public let figures: [Figures]
    /// Seconds from the server's start to its first answer.
    public let startSeconds: Double
    /// The server's resident memory in MiB: after the start, after the load, at its highest.
    public let memory: (start: Double, end: Double, peak: Double)
    /// The size of the database in MiB.
    public let size: Double

    /// True when every answer was right.
    public var isRight: Bool { figures.allSatisfy { $0.errors == 0 } }
}

extension BenchResult {
    /// The figures as a table.
    public func text(in language: Language) -> String {
        let heads = ["", "", "conn", "req/s", "p50 ms", "p99 ms", "CPU ms", "engine ms", "bare ms", "bytes", "errors"]
        var rows = [heads]
        for figure in figures {
            rows.append([
                figure.workload, figure.title.text(language), String(figure.connections), rounded(figure.perSecond, 0),
                rounded(figure.median, 2), rounded(figure.p99, 2), rounded(figure.processor, 3),
                figure.engine.map { rounded($0, 3) } ?? "–", figure.bare.map { rounded($0, 3) } ?? "–",
                rounded(figure.bytes, 0), String(figure.errors),
            ])
        }
        let widths = heads.indices.map { column in rows.map { width($0[column]) }.max() ?? 0 }
        var lines = rows.map { row in
            row.indices.map { column in
                let gap = String(repeating: " ", count: widths[column] - width(row[column]))
                return column < 2 ? row[column] + gap : gap + row[column]
            }.joined(separator: "  ")
        }
        lines.append("")
        lines.append(footer.text(language))
        for figure in figures {
            if let error = figure.firstError { lines.append("\(figure.workload): \(error)") }
        }
        return lines.joined(separator: "\n")
    }

    private var footer: Label {
        let (start, end, peak) = (rounded(memory.start, 0), rounded(memory.end, 0), rounded(memory.peak, 0))
        let (seconds, size) = (rounded(startSeconds, 2), rounded(size, 0))
        return Label(
            "\(customers) customers, database \(size) MiB. First answer after \(seconds) s. "
                + "Memory: \(start) MiB at first, \(end) MiB after the load, \(peak) MiB at most.",
            zh: "\(customers) 个客户，数据库 \(size) MiB；启动 \(seconds) 秒后首次响应；"
                + "内存：启动后 \(start) MiB，压测后 \(end) MiB，峰值 \(peak) MiB。"
        )
    }

    /// The figures as JSON.
    public var json: String {
        var json = JSONWriter()
        json.object { json in
            json.member("customers", Int64(customers))
            number("database_mib", size, &json)
            number("start_seconds", startSeconds, &json)
            number("memory_start_mib", memory.start, &json)
            number("memory_end_mib", memory.end, &json)
            number("memory_peak_mib", memory.peak, &json)
            json.key("figures")
            json.array { json in for figure in figures { write(figure, &json) } }
        }
        return json.text
    }

    private func write(_ figure: Figures, _ json: inout JSONWriter) {
        json.object { json in
            json.member("workload", figure.workload)
            json.member("connections", Int64(figure.connections))
            number("requests_per_second", figure.perSecond, &json)
            number("p50_ms", figure.median, &json)
            number("p99_ms", figure.p99, &json)
            number("cpu_ms", figure.processor, &json)
            if let engine = figure.engine { number("engine_ms", engine, &json) }
            if let bare = figure.bare { number("bare_ms", bare, &json) }
            number("bytes", figure.bytes, &json)
            json.member("errors", Int64(figure.errors))
        }
    }

    private func number(_ name: String, _ value: Double, _ json: inout JSONWriter) {
        json.key(name)
        json.raw(rounded(value, 4))
    }
}

/// A number with so many decimals.
func rounded(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "0" }
    let scaled = Int64((value * Double(FixedPoint.power(decimals))).rounded())
    return FixedPoint.text(scaled, digits: decimals)
}

/// How many cells of a terminal a text takes: Chinese takes two each.
private func width(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x2E80 ? 2 : 1) } }
