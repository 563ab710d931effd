import Foundation
import Values

/// What an import showed, alone (`W7`) or while others worked (`W7b`).
public struct ImportFigures: Sendable {
    /// `W7` or `W7b`.
    public let workload: String
    /// Rows of the file.
    public let rows: Int
    /// From sending the file to the last row, in seconds.
    public let seconds: Double
    /// Processor time of the server meanwhile, in seconds; for `W7b` with the work of the others.
    public let processor: Double
    /// The server's resident memory at its highest, in MiB.
    public let peak: Double
    /// Rows that did not become customers, and answers that were wrong.
    public let errors: Int
    /// Times of the others' answers; nil without others.
    public let others: Waiting?
    /// The first thing that was wrong.
    public let firstError: String?

    /// Rows per second.
    public var perSecond: Double { Double(rows) / max(seconds, 0.001) }
    /// Rows per second of processor time.
    public var perProcessorSecond: Double { Double(rows) / max(processor, 0.001) }
}

/// How long people waited for their answers, in milliseconds.
public struct Waiting: Sendable {
    /// How many writes there were.
    public let writes: Int
    /// The time that half of the writes stayed within, 99 of 100, and all.
    public let median, p99, longest: Double
    /// How many reads there were.
    public let reads: Int
    /// The time that 99 of 100 reads stayed within.
    public let readP99: Double
}

/// Imports a file through the API with its default options, and watches it.
struct ImportLoad {
    let endpoint: Endpoint
    let meter: ProcessMeter
    let mix: RequestMix
    /// Where the file is made; it is removed afterwards.
    let file: String
    /// Seconds that each of the others rests after an answer.
    let pause: Double

    // As often as a page that shows the progress asks.
    private static let patience = 0.1
    private static let others = 8
    private static let boundary = "kehu-bench-boundary"

    /// The import of a range of customers alone.
    func alone(_ range: Range<Int>) throws -> ImportFigures {
        try measured("W7", range) { id in
            while true {
                let answer = try Fetch.one(status(id), from: endpoint).answer
                if let state = try ImportState(answer) { return (state, nil, []) }
                usleep(UInt32(ImportLoad.patience * 1_000_000))
            }
        }
    }

    /// The same while eight people read and write until it is done.
    func amongOthers(_ range: Range<Int>) throws -> ImportFigures {
        let kinds = mix.all.filter { ["W1", "W2", "W3", "W4"].contains($0.id) }
        return try measured("W7b", range) { id in
            var times = [[Double]](repeating: [], count: kinds.count)
            var (number, asked, wrong) = (0, 0.0, [String]())
            var state: ImportState?
            _ = try LoadLoop(endpoint: endpoint, connections: ImportLoad.others, pause: pause).run(
                goesOn: { _ in state == nil },
                next: { elapsed in
                    if elapsed - asked > 0.1 {
                        asked = elapsed
                        return (kinds.count, status(id))
                    }
                    number += 1
                    let kind = number % kinds.count
                    return (kind, kinds[kind].request(number / kinds.count))
                },
                took: { kind, answer, microseconds in
                    if kind == kinds.count {
                        do { state = try ImportState(answer) ?? state } catch { state = .unknown }
                        return
                    }
                    times[kind].append(microseconds)
                    if !kinds[kind].isRight(answer) { wrong.append("\(kinds[kind].id): \(answer.beginning)") }
                }
            )
            let writes = kinds.indices.filter { kinds[$0].writes }.flatMap { times[$0] }
            let reads = kinds.indices.filter { !kinds[$0].writes }.flatMap { times[$0] }
            let waiting = Waiting(
                writes: writes.count,
                median: percentileMilliseconds(writes, 0.5),
                p99: percentileMilliseconds(writes, 0.99),
                longest: percentileMilliseconds(writes, 1),
                reads: reads.count,
                readP99: percentileMilliseconds(reads, 0.99)
            )
            return (state ?? .unknown, waiting, wrong)
        }
    }

    private func measured(
        _ name: String,
        _ range: Range<Int>,
        _ watch: (String) throws -> (ImportState, Waiting?, [String])
    ) throws -> ImportFigures {
        try CustomerFile(set: mix.set).write(range, to: file)
        defer { try? FileManager.default.removeItem(atPath: file) }
        meter.waitUntilIdle()
        meter.forgetPeak()
        let (before, start) = (meter.processorSeconds, Stopwatch.seconds())
        let (state, waiting, wrong) = try watch(try begin())
        let seconds = Stopwatch.seconds() - start
        meter.waitUntilIdle()
        let missing = range.count - state.created
        return ImportFigures(
            workload: name,
            rows: range.count,
            seconds: seconds,
            processor: meter.processorSeconds - before,
            peak: meter.memory.peak,
            errors: wrong.count + max(0, missing),
            others: waiting,
            firstError: wrong.first ?? (missing == 0 ? nil : state.text)
        )
    }

    // Sends the file; the answer is the number of the import.
    private func begin() throws -> String {
        let line = "--\(ImportLoad.boundary)\r\n"
        let head =
            line + "Content-Disposition: form-data; name=\"object\"\r\n\r\ncustomers\r\n" + line
            + "Content-Disposition: form-data; name=\"file\"; filename=\"customers.csv\"\r\n"
            + "Content-Type: text/csv\r\n\r\n"
        let tail = "\r\n--\(ImportLoad.boundary)--\r\n"
        let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
        let request = httpRequest(
            "POST",
            "/api/v1/imports",
            key: mix.key,
            headers: [
                "Content-Type: multipart/form-data; boundary=\(ImportLoad.boundary)",
                "Content-Length: \(head.utf8.count + size + tail.utf8.count)",
            ]
        )
        guard let handle = FileHandle(forReadingAtPath: file) else { throw BenchFailure.unwritable(file) }
        defer { try? handle.close() }
        var parts = [request + Array(head.utf8)][...]
        var isOver = false
        let answer = try Fetch.one(from: endpoint) {
            if let part = parts.popFirst() { return part }
            if isOver { return nil }
            if let data = try handle.read(upToCount: 1_048_576), !data.isEmpty { return Array(data) }
            isOver = true
            return Array(tail.utf8)
        }.answer
        guard answer.status == 202, let id = try JSONReader.parse(Array(answer.body))["id"]?.string else {
            throw ImportLoad.refused(answer)
        }
        return id
    }

    private func status(_ id: String) -> [UInt8] { httpRequest("GET", "/api/v1/imports/\(id)", key: mix.key) }

    private static func refused(_ answer: Answer) -> Problem {
        Problem(
            .failure,
            "bench_import",
            Label("The import did not begin: \(answer.beginning)", zh: "导入未能开始：\(answer.beginning)")
        )
    }
}

/// How an import ended.
struct ImportState {
    let created: Int
    let text: String

    /// An import of which nothing is known.
    static let unknown = ImportState(created: 0, text: "?")

    private init(created: Int, text: String) {
        self.created = created
        self.text = text
    }

    /// Reads the status; nil while the import goes on. Throws when the answer is none.
    init?(_ answer: Answer) throws {
        let json = try JSONReader.parse(Array(answer.body))
        guard answer.status == 200, let state = json["state"]?.string else { throw BenchFailure.unreadable }
        if state == "waiting" || state == "running" { return nil }
        created = Int(json["created"]?.integer ?? 0)
        text = "\(state), \(created) created, \(json["failed"]?.integer ?? 0) failed \(json["message"]?.string ?? "")"
    }
}

extension Answer {
    /// Status and first lines, for people.
    var beginning: String { "\(status) " + String(decoding: body.prefix(300), as: UTF8.self) }
}
