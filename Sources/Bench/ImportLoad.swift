import Foundation
import Values

/// What an import showed, alone (`W7`) or while others worked (`W7b`), or what taking one back showed (`W7u`).
public struct ImportFigures: Sendable {
    /// `W7`, `W7b` or `W7u`.
    public let workload: String
    /// The number of the import.
    let id: String
    /// Rows of the file.
    public let rows: Int
    /// From the first byte of the file, or from the order to take back, to the last row, in seconds.
    public let seconds: Double
    /// Processor time of the server meanwhile, in seconds; for `W7b` and `W7u` with the work of the others.
    public let processor: Double
    /// The server's resident memory at its highest, in MiB.
    public let peak: Double
    /// Rows that did not become customers or stayed when all were taken back, and answers that were wrong.
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
        try imported("W7", range) { id in
            while true {
                let answer = try Fetch.one(status(id), from: endpoint).answer
                if let state = try ImportState(answer) { return (state, nil, []) }
                usleep(UInt32(ImportLoad.patience * 1_000_000))
            }
        }
    }

    /// The same while eight people read and write until it is done.
    func amongOthers(_ range: Range<Int>) throws -> ImportFigures {
        try imported("W7b", range) { id in try others(until: status(id)) { try ImportState($0) } }
    }

    /// An import of so many rows is taken back while eight people read and write.
    func takenBack(_ id: String, rows: Int) throws -> ImportFigures {
        try measured("W7u", rows: rows) {
            let order = httpRequest("POST", "/api/v1/imports/\(id)/undo", key: mix.key)
            let answer = try Fetch.one(order, from: endpoint).answer
            guard answer.status == 202 else { throw ImportLoad.refused(answer) }
            let (state, waiting, wrong) = try others(until: status(id)) { try ImportState(undo: $0) }
            return (id, state, waiting, wrong)
        }
    }

    // Eight people at work until the answer to a request, asked every tenth of a second, says that something has ended.
    private func others(
        until request: [UInt8],
        _ ended: (Answer) throws -> ImportState?
    ) throws -> (ImportState, Waiting, [String]) {
        let kinds = mix.all.filter { ["W1", "W2", "W3", "W4"].contains($0.id) }
        var times = [[Double]](repeating: [], count: kinds.count)
        var (number, asked, wrong) = (0, 0.0, [String]())
        var state: ImportState?
        _ = try LoadLoop(endpoint: endpoint, connections: ImportLoad.others, pause: pause).run(
            goesOn: { _ in state == nil },
            next: { elapsed in
                if elapsed - asked > 0.1 {
                    asked = elapsed
                    return (kinds.count, request)
                }
                number += 1
                let kind = number % kinds.count
                return (kind, kinds[kind].request(number / kinds.count))
            },
            took: { kind, answer, microseconds in
                if kind == kinds.count {
                    do { state = try ended(answer) ?? state } catch { state = .unknown }
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

    private func imported(
        _ name: String,
        _ range: Range<Int>,
        _ watch: (String) throws -> (ImportState, Waiting?, [String])
    ) throws -> ImportFigures {
        try CustomerFile(set: mix.set).write(range, to: file)
        defer { try? FileManager.default.removeItem(atPath: file) }
        return try measured(name, rows: range.count) {
            let id = try begin()
            let (state, waiting, wrong) = try watch(id)
            return (id, state, waiting, wrong)
        }
    }

    private func measured(
        _ name: String,
        rows: Int,
        _ work: () throws -> (id: String, state: ImportState, others: Waiting?, wrong: [String])
    ) throws -> ImportFigures {
        meter.waitUntilIdle()
        meter.forgetPeak()
        let (before, start) = (meter.processorSeconds, Stopwatch.seconds())
        let done = try work()
        let seconds = Stopwatch.seconds() - start
        meter.waitUntilIdle()
        let missing = rows - done.state.count
        return ImportFigures(
            workload: name,
            id: done.id,
            rows: rows,
            seconds: seconds,
            processor: meter.processorSeconds - before,
            peak: meter.memory.peak,
            errors: done.wrong.count + max(0, missing),
            others: done.others,
            firstError: done.wrong.first ?? (missing == 0 ? nil : done.state.text)
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

/// How an import, or taking one back, ended.
struct ImportState {
    /// The records that were made, or deleted again.
    let count: Int
    let text: String

    /// An import of which nothing is known.
    static let unknown = ImportState(count: 0, text: "?")

    private init(count: Int, text: String) {
        self.count = count
        self.text = text
    }

    /// Reads the status; nil while the import goes on. Throws when the answer is none.
    init?(_ answer: Answer) throws {
        let json = try JSONReader.parse(Array(answer.body))
        guard answer.status == 200, let state = json["state"]?.string else { throw BenchFailure.unreadable }
        if state == "waiting" || state == "running" { return nil }
        count = Int(json["created"]?.integer ?? 0)
        text = "\(state), \(count) created, \(json["failed"]?.integer ?? 0) failed \(json["message"]?.string ?? "")"
    }

    /// The same of an import that is taken back.
    init?(undo answer: Answer) throws {
        let json = try JSONReader.parse(Array(answer.body))["undo"]
        guard answer.status == 200, let state = json?["state"]?.string else { throw BenchFailure.unreadable }
        if state == "running" { return nil }
        count = Int(json?["deleted"]?.integer ?? 0)
        text = "\(state), \(count) deleted, \(json?["spared"]?.integer ?? 0) spared"
    }
}

extension Answer {
    /// Status and first lines, for people.
    var beginning: String { "\(status) " + String(decoding: body.prefix(300), as: UTF8.self) }
}
