import Database
import Foundation
public import Identity
public import Records
import Values

/// What a measurement is asked for.
public struct BenchOptions: Sendable {
    /// How many customers; contacts and opportunities follow from it.
    public var customers = 100_000
    /// Where the data set lies or is to be made.
    public var directory = "./bench"
    /// How often each workload is measured; the median counts.
    public var passes = 3
    /// How long each measurement takes, in seconds.
    public var seconds = 3.0
    /// The workloads wanted, such as `W1`; empty for all.
    public var only: Set<String> = []
    /// How many times as many rounds the record engine runs in this process; above 1 no server is measured: for
    /// profiles of the engine.
    public var engineRounds = 1
    /// The port of the server that is measured, on the loopback address; 0 for one that is free.
    public var port: UInt16 = 0

    /// 100,000 customers, three passes of three seconds.
    public init() {}
}

/// Measures the program that it is part of: fills a workspace, serves it from a child process, asks, and counts.
public struct Bench: Sendable {
    /// A workspace that was opened.
    public struct Opened: Sendable {
        /// The record engine.
        public let engine: RecordEngine
        /// The people.
        public let identities: Identities

        /// A workspace that was opened.
        public init(engine: RecordEngine, identities: Identities) {
            self.engine = engine
            self.identities = identities
        }
    }

    /// Opens the workspace in a data directory, making it where it is missing.
    public typealias Open = @Sendable (_ directory: String) async throws -> Opened

    let options: BenchOptions
    let open: Open
    let say: @Sendable (String) -> Void

    /// A measurement. `say` gets lines about its progress.
    public init(options: BenchOptions, open: @escaping Open, say: @escaping @Sendable (String) -> Void) {
        self.options = options
        self.open = open
        self.say = say
    }

    /// Makes the data set where it is missing, measures on a copy of it, and removes the copy.
    public func run() async throws -> BenchResult {
        let original = options.directory + "/\(options.customers)"
        let copy = options.directory + "/\(options.customers).run"
        try await prepare(original)
        try? FileManager.default.removeItem(atPath: copy)
        try FileManager.default.copyItem(atPath: original, toPath: copy)
        defer { try? FileManager.default.removeItem(atPath: copy) }
        return try await measure(copy)
    }

    private func prepare(_ directory: String) async throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let opened = try await open(directory)
        let database = opened.engine.database
        defer { database.close() }
        if try await DataSetLoader.existing(customers: options.customers, in: database) != nil { return }
        try await BenchPeople(identities: opened.identities).make()
        _ = try await DataSetLoader(engine: opened.engine, say: say).load(customers: options.customers)
    }

    private func measure(_ directory: String) async throws -> BenchResult {
        let opened = try await open(directory)
        guard let set = try await DataSetLoader.existing(customers: options.customers, in: opened.engine.database)
        else {
            throw Problem.notFound
        }
        let statements = BareStatements(database: opened.engine.database, set: set)
        let bare = try await statements.measure()
        let inProcess = try await EngineRounds(
            engine: opened.engine,
            set: set,
            only: options.only,
            factor: max(1, options.engineRounds)
        ).measure()
        for (name, milliseconds) in inProcess.sorted(by: { $0.key < $1.key }) {
            say("\(name): \(rounded(milliseconds, 3)) ms, bare \(rounded(bare[name] ?? 0, 3)) ms")
        }
        if options.engineRounds > 1 { return empty }
        let sums = try await statements.stageSums()
        let key = try await BenchPeople(identities: opened.identities).key()
        let run = String(opened.engine.clock.now().milliseconds, radix: 36)
        opened.engine.database.close()
        let server = try ServerProcess(directory: directory, port: options.port)
        defer { server.stop() }
        let ask = { try answer($0, port: server.port) }
        let memoryAtStart = server.memory.now
        var mix = RequestMix(set: set, key: key, run: run)
        mix.secondPages = try secondPages(mix, ask)
        var figures: [Figures] = []
        for workload in mix.all where options.only.isEmpty || options.only.contains(workload.id) {
            if workload.id == "W5" { try checkReport(mix, sums, ask) }
            figures += try Series(options: options, server: server, workload: workload).run(
                bare: bare[workload.id],
                engine: inProcess[workload.id]
            )
            if let last = figures.last { say("\(last.workload): \(rounded(last.processor, 3)) ms") }
        }
        let memory = server.memory
        return BenchResult(
            customers: options.customers,
            figures: figures,
            startSeconds: server.startSeconds,
            memory: (memoryAtStart, memory.now, memory.peak),
            size: size(of: directory)
        )
    }

    private var empty: BenchResult {
        BenchResult(customers: options.customers, figures: [], startSeconds: 0, memory: (0, 0, 0), size: 0)
    }

    private func secondPages(_ mix: RequestMix, _ ask: ([UInt8]) throws -> Answer) throws -> [String] {
        try mix.set.owners.indices.compactMap { owner in
            let answer = try ask(httpRequest("GET", mix.firstPage(owner), key: mix.key))
            return try JSONReader.parse(Array(answer.body))["next"]?.string
        }
    }

    /// The report must show what the table holds, before anything is written.
    private func checkReport(_ mix: RequestMix, _ sums: [StageSum], _ ask: ([UInt8]) throws -> Answer) throws {
        let answer = try ask(httpRequest("GET", "/api/v1/reports/pipeline", key: mix.key))
        let text = String(decoding: answer.body, as: UTF8.self)
        let missing = sums.filter { sum in
            !text.contains("\(sum.count)") || !text.contains(Money(minor: sum.amount, currency: "CNY").amountText)
        }
        guard answer.status == 200, missing.isEmpty else {
            throw Problem(
                .failure,
                "bench_report",
                Label("The report does not show the sums of the table: \(text)", zh: "报表与数据表的合计不符：\(text)")
            )
        }
    }

    private func answer(_ request: [UInt8], port: UInt16) throws -> Answer {
        let loop = LoadLoop(port: port, connections: 1)
        var found: Answer?
        _ = try loop.run(
            seconds: 0,
            next: { request },
            isRight: {
                found = $0; return true
            }
        )
        guard let found else { throw BenchFailure.noConnection }
        return found
    }

    private func size(of directory: String) -> Double {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        let bytes = files.reduce(0.0) { sum, file in
            let attributes = try? FileManager.default.attributesOfItem(atPath: directory + "/" + file)
            return sum + Double((attributes?[.size] as? Int) ?? 0)
        }
        return bytes / 1_048_576
    }
}

/// All measurements of one workload.
struct Series {
    let options: BenchOptions
    let server: ServerProcess
    let workload: Workload

    /// A warm-up and so many passes per number of connections.
    func run(bare: Double?, engine: Double?) throws -> [Figures] {
        var number = 0
        func next() -> [UInt8] {
            number += 1
            return workload.request(number - 1)
        }
        return try workload.connections.map { connections in
            let loop = LoadLoop(port: server.port, connections: connections)
            _ = try loop.run(seconds: 1, next: next, isRight: workload.isRight)
            var passes: [Pass] = []
            for _ in 0..<max(1, options.passes) {
                server.waitUntilIdle()
                let before = server.processorSeconds
                let outcome = try loop.run(seconds: options.seconds, next: next, isRight: workload.isRight)
                server.waitUntilIdle()
                passes.append(Pass(outcome, processorSeconds: server.processorSeconds - before))
            }
            return figures(passes, connections: connections, bare: bare, engine: engine)
        }
    }

    private func figures(_ passes: [Pass], connections: Int, bare: Double?, engine: Double?) -> Figures {
        func middle(_ value: (Pass) -> Double) -> Double { passes.map(value).sorted()[passes.count / 2] }
        return Figures(
            workload: workload.id,
            title: workload.title,
            connections: connections,
            perSecond: middle(\.perSecond),
            median: middle(\.median),
            p99: middle(\.p99),
            errors: passes.reduce(0) { $0 + $1.errors },
            bytes: middle(\.bytes),
            processor: middle(\.processor),
            bare: bare,
            engine: engine,
            firstError: passes.compactMap(\.firstError).first
        )
    }

    private struct Pass {
        let perSecond, median, p99, bytes, processor: Double
        let errors: Int
        let firstError: String?

        init(_ outcome: LoadLoop.Outcome, processorSeconds: Double) {
            let count = Double(max(1, outcome.latencies.count))
            perSecond = count / max(outcome.seconds, 0.000_001)
            median = outcome.percentile(0.5)
            p99 = outcome.percentile(0.99)
            bytes = Double(outcome.bytes) / count
            processor = processorSeconds * 1000 / count
            errors = outcome.errors
            firstError = outcome.firstError
        }
    }
}
