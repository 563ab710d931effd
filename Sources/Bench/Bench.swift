import Database
import Foundation
public import Identity
public import Records
import Values

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

    /// Measures every size that was asked for, or the server that runs already.
    public func run(_ circumstances: Circumstances) async throws -> BenchReport {
        var report = BenchReport(circumstances: circumstances)
        if let url = options.url {
            let endpoint = try Endpoint(urls: url)
            let server = RunningServer(options: options, endpoint: endpoint, say: say, language: options.language)
            report.results = [try server.measure()]
            return report
        }
        for customers in Set(options.customers).sorted() { report.results.append(try await run(customers: customers)) }
        return report
    }

    // Makes the data set where it is missing, measures on a copy of it, and removes the copy.
    private func run(customers: Int) async throws -> BenchResult {
        let original = options.directory + "/\(customers)" + options.each.suffix.replacing(":", with: "-")
        try await prepare(original, customers)
        if options.inPlace { return try await measure(original, customers) }
        let copy = original + ".run"
        try? FileManager.default.removeItem(atPath: copy)
        try FileManager.default.copyItem(atPath: original, toPath: copy)
        defer { try? FileManager.default.removeItem(atPath: copy) }
        return try await measure(copy, customers)
    }

    private func prepare(_ directory: String, _ customers: Int) async throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let opened = try await open(directory)
        let database = opened.engine.database
        defer { database.close() }
        if try await DataSetLoader.existing(customers: customers, each: options.each, in: database) != nil { return }
        let start = (Stopwatch.seconds(), Stopwatch.processorSeconds())
        try await BenchPeople(identities: opened.identities).make()
        _ = try await DataSetLoader(engine: opened.engine, say: say).load(customers: customers, each: options.each)
        // What a server starts with is the file, not a log of millions of pages.
        database.checkpoint()
        let taken = (Stopwatch.seconds() - start.0, Stopwatch.processorSeconds() - start.1)
        say("\(rounded(taken.0, 0)) s, \(rounded(taken.1, 0)) s CPU, \(rounded(size(of: directory), 0)) MiB")
    }

    private func measure(_ directory: String, _ customers: Int) async throws -> BenchResult {
        let opened = try await open(directory)
        let database = opened.engine.database
        guard let set = try await DataSetLoader.existing(customers: customers, each: options.each, in: database) else {
            throw Problem.notFound
        }
        let statements = BareStatements(database: database, set: set)
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
        if options.engineRounds > 1 { return BenchResult(customers: customers) }
        let sums = try await statements.stageSums()
        let people = BenchPeople(identities: opened.identities)
        let (key, password) = (try await people.key(), try await people.password())
        let run = String(opened.engine.clock.now().milliseconds, radix: 36)
        database.close()
        let sizeAtStart = size(of: directory)
        let server = try ServerProcess(directory: directory, port: options.port)
        defer { server.stop() }
        var course = Course(options: options, endpoint: server.endpoint, meter: server.meter, say: say)
        course.sums = sums
        course.limits = (bare, inProcess)
        course.password = password
        let mix = RequestMix(set: set, key: key, run: run)
        var result = try course.measure(mix)
        result.startSeconds = server.startSeconds
        // They come last: they make the data set larger.
        result.imports = try ImportLoads(options: options, endpoint: server.endpoint, meter: server.meter, say: say)
            .measure(mix)
        result.disk = (sizeAtStart, size(of: directory))
        return result
    }

    private func size(of directory: String) -> Double {
        let files = FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String } ?? []
        let bytes = files.reduce(0.0) { sum, file in
            let attributes = try? FileManager.default.attributesOfItem(atPath: directory + "/" + file)
            guard attributes?[.type] as? FileAttributeType == .typeRegular else { return sum }
            return sum + Double((attributes?[.size] as? Int) ?? 0)
        }
        return bytes / 1_048_576
    }
}
