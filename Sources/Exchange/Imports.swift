import Database
public import Files
import Foundation
public import Identity
public import Records
import Schema
import Synchronization
public import Values

/// What an import is to do.
public struct ImportRequest: Sendable {
    /// The path of the file.
    public var file: String
    /// The name that the file had where it comes from.
    public var fileName: String?
    /// The object, by key or plural.
    public var object: String
    /// The sheet of a workbook; nil takes the first.
    public var sheet: String?
    /// The row that names the columns; nil finds it.
    public var heading: Int?
    /// How a text table is written, as far as it is said; the rest is found out.
    public var reading = CSVReading()
    /// What the columns hold, where it is known already.
    public var survey: ColumnSurvey?
    /// The mapping; nil takes what is proposed.
    public var mapping: ImportMapping?
    /// What is done with the rows.
    public var mode: ImportMode = .create
    /// The fields by which records are found.
    public var match: [String] = []
    /// What is done with rows that are likely the same as a record; nil leaves it to the mapping.
    public var duplicates: DuplicateHandling?
    /// Only says what would be.
    public var isDryRun = false

    /// An import of a file into an object.
    public init(file: String, object: String) {
        self.file = file
        self.object = object
    }
}

/// The imports of a workspace: preview, start, run, resume.
public final class Imports: Sendable {
    /// After how many rows their search entries and keys of duplicates are made: the more at once, the cheaper.
    static let trail = 20_000
    /// So many bytes of rows may wait to be written, and one batch of the file more.
    static let waitingBytes = 12 << 20

    let engine: RecordEngine
    let directory: String
    /// Where files go that come with an import; without it they are left out.
    let files: Files?
    private let running = Mutex<Set<RecordID>>([])
    /// Imports that stopped where even that could not be written down.
    private let halted = Mutex<[RecordID: ImportStatus]>([:])

    /// So many rows are put in order at a time, at most.
    let stretch: Int
    /// The most rows of a transaction, which is seldom reached: one ends when its time is over or somebody waits.
    let batchSize: Int
    /// See `MatchMaps.sizes`.
    private let mapped: ClosedRange<Int>
    /// What imports that run here have found out about records without an index.
    private let maps = Mutex<[RecordID: MatchMaps]>([:])

    /// Imports that keep their files in a directory of the workspace, which is made when it is missing. While nobody else
    /// writes, `stretch` rows at a time are written in the order of their names, else at most `batchSize`. Records of an
    /// object that has as many as `mapped` are looked through once where they are found by a field without an index; with
    /// more than that the import is refused.
    public init(
        _ engine: RecordEngine,
        directory: String,
        files: Files? = nil,
        stretch: Int = 50_000,
        batchSize: Int = 4000,
        mapped: ClosedRange<Int> = 2000...3_000_000
    ) throws {
        self.engine = engine
        self.stretch = stretch
        self.batchSize = batchSize
        self.mapped = mapped
        self.files = files
        self.directory = directory
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    // MARK: Preview

    /// How many rows a file has, without its heading. Reads the whole file.
    public func rows(_ path: String, _ format: ImportFormat) async throws -> Int {
        try await apart { try format.rows(path) }
    }

    // MARK: Start

    /// Copies the file, checks mapping and rights, and registers the import; `run` then does it.
    public func start(_ request: ImportRequest, as actor: Actor) async throws -> RecordID {
        let name = request.fileName ?? (request.file as NSString).lastPathComponent
        let definition = try await engine.read(as: actor) { try Imports.permitted(request.object, $0) }
        let (path, head) = (request.file, try await head(request, name, actor.language))
        let (format, headers) = (head.format, head.headers)
        var mapping = try await settled(request, head, definition, as: actor)
        if let handling = request.duplicates { mapping.duplicates = handling }
        mapping.keepNumbers(definition)
        let (proposed, isTrial) = (mapping, request.isDryRun)
        try await engine.read(as: actor) { session in
            _ = try ImportPlan(
                proposed,
                object: definition.key,
                mode: request.mode,
                match: request.match,
                headers: headers,
                in: session
            )
        }
        mapping = try await addChoices(mapping, definition.key, isTrial: isTrial, as: actor)
        let id = engine.ids.next()
        let copy = self.path(id, format)
        let size = try await apart {
            try FileManager.default.copyItem(atPath: path, toPath: copy)
            return try Imports.size(copy)
        }
        let status = ImportStatus(
            id: id,
            object: definition.key,
            fileName: name,
            format: format,
            mapping: mapping,
            mode: request.mode,
            match: request.match,
            isDryRun: request.isDryRun,
            state: .waiting,
            counts: ImportCounts(),
            rows: 0,
            offset: head.dataStart,
            size: size,
            errorBytes: 0,
            actorID: actor.userID,
            actorName: actor.name,
            startedAt: engine.clock.now(),
            finishedAt: nil,
            message: nil
        )
        try await engine.database.write { try ImportTables.insert(status, on: $0) }
        return id
    }

    static func size(_ path: String) throws -> Int64 {
        (try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.int64Value ?? 0
    }

    /// The file as it was given.
    func path(_ id: RecordID, _ format: ImportFormat) -> String { "\(directory)/\(id).\(format.name)" }

    /// The table that the file was made into, or the file itself where it is one.
    func table(_ status: ImportStatus) -> String {
        status.format.isConverted ? "\(directory)/\(status.id).table.csv" : path(status.id, status.format)
    }

    func errors(_ status: ImportStatus) -> ErrorsFile {
        ErrorsFile(
            path: "\(directory)/\(status.id).errors.\(status.format.errorsName)",
            format: status.format,
            isRaw: status.mapping.keepsApostrophes
        )
    }

    // MARK: Look

    /// Where an import stands; one's own, or any for those who may change settings. Else as if it did not exist.
    public func status(_ id: RecordID, as actor: Actor) async throws -> ImportStatus {
        guard let status = try await engine.database.read({ try ImportTables.find(id, on: $0) }),
            actor.userID == nil || status.actorID == actor.userID || actor.rights.allows(.settings)
        else { throw Problem.notFound }
        return asKnown(status)
    }

    /// The imports that the actor may look at, newest first.
    public func list(as actor: Actor, limit: Int = 50) async throws -> [ImportStatus] {
        let owner = actor.userID == nil || actor.rights.allows(.settings) ? nil : actor.userID
        return try await engine.database.read { try ImportTables.list(of: owner, limit: limit, on: $0) }.map(asKnown)
    }

    /// The path of the file with the rows that failed: the original columns and the reason, to be corrected and
    /// imported again. Nil when no row failed.
    public func errorsFile(_ id: RecordID, as actor: Actor) async throws -> String? {
        let status = try await status(id, as: actor)
        return status.errorBytes > 0 ? errors(status).path : nil
    }

    /// The reasons of the first rows that failed.
    public func reasons(_ id: RecordID, as actor: Actor, limit: Int = 20) async throws -> [String] {
        guard let path = try await errorsFile(id, as: actor) else { return [] }
        let status = try await status(id, as: actor)
        if case .jsonLines = status.format {
            let reader = try JSONLinesReader(path)
            var reasons: [String] = []
            while reasons.count < limit, let line = try reader.next() {
                let text = line.members.last { $0.key == ErrorsFile.member }?.value.string
                reasons.append(text ?? line.fault?.text(actor.language) ?? "")
            }
            return reasons
        }
        let reader = try CSVReader(path, CSVFormat(encoding: .utf8, mark: 3, separator: status.format.table.separator))
        let header = try reader.next()?.cells ?? []
        let column = header.firstIndex { [ErrorsFile.label.en, ErrorsFile.label.zh].contains($0) } ?? header.count - 1
        var reasons: [String] = []
        while reasons.count < limit, let row = try reader.next() {
            reasons.append(row.cells.indices.contains(column) ? row.cells[column] : "")
        }
        return reasons
    }

    /// Stops an import after its current batch; what is imported stays.
    public func cancel(_ id: RecordID, as actor: Actor) async throws {
        let status = try await status(id, as: actor)
        let now = engine.clock.now()
        let isCancelled = try await engine.database.write { try ImportTables.cancel(status.id, at: now, on: $0) }
        guard isCancelled else {
            throw Problem(.conflict, "finished", Label("This import has ended already.", zh: "该导入已经结束。"))
        }
    }

    // MARK: Run

    /// Claims an import for this process; false when it already runs here.
    func claim(_ id: RecordID) -> Bool {
        let isFree = running.withLock { $0.insert(id).inserted }
        if isFree { halted.withLock { _ = $0.removeValue(forKey: id) } }
        return isFree
    }

    /// Gives it up again.
    func release(_ id: RecordID) {
        maps.withLock { $0[id] = nil }
        running.withLock { _ = $0.remove(id) }
    }

    /// The maps of an import that runs here.
    func maps(of id: RecordID) -> MatchMaps {
        maps.withLock { all in
            if let known = all[id] { return known }
            let made = MatchMaps(mapped)
            all[id] = made
            return made
        }
    }

    /// Keeps in mind what the database could not take: it says that the import runs, and nobody would know why it does
    /// not.
    func remember(halted status: ImportStatus) { halted.withLock { $0[status.id] = status } }

    private func asKnown(_ status: ImportStatus) -> ImportStatus {
        guard status.state == .running || status.state == .waiting else { return status }
        return halted.withLock { $0[status.id] } ?? status
    }
}
