import Database
import Foundation
public import Identity
public import Records
import Schema
import Synchronization
public import Values

/// What a file looks like before it is imported.
public struct ImportPreview: Sendable {
    /// The key of the object.
    public let object: String
    /// How the file is written.
    public let format: ImportFormat
    /// The sheets to choose from; empty for what is no workbook.
    public let sheets: [String]
    /// The columns.
    public let headers: [String]
    /// The first rows, at most 100; cells of JSON Lines as text.
    public let rows: [[String]]
    /// Where each column would go.
    public let mapping: ImportMapping
    /// The fields by which records could be found: the id, else a unique field.
    public let match: [String]
    /// What is to be looked at, in words.
    public let problems: [Label]
}

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
    /// The mapping; nil takes what is proposed.
    public var mapping: ImportMapping?
    /// What is done with the rows.
    public var mode: ImportMode = .create
    /// The fields by which records are found.
    public var match: [String] = []
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
    /// Rows per transaction: small, so that people who work meanwhile do not wait.
    public static let batchSize = 250

    let engine: RecordEngine
    let directory: String
    private let running = Mutex<Set<RecordID>>([])

    /// Imports that keep their files in a directory of the workspace, which is made when it is missing.
    public init(_ engine: RecordEngine, directory: String) throws {
        self.engine = engine
        self.directory = directory
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    // MARK: Preview

    /// Reads the first rows of a file and proposes a mapping. `sheet` chooses a sheet of a workbook.
    public func preview(
        _ path: String,
        object: String,
        fileName: String? = nil,
        sheet: String? = nil,
        as actor: Actor
    ) async throws -> ImportPreview {
        let definition = try await engine.read(as: actor) { try Imports.permitted(object, $0) }
        let folder = directory
        let language = actor.language
        let head = try await apart {
            let format = try ImportFormat.detect(path, name: fileName, sheet: sheet, language: language)
            return try FileHead(path, format, folder: folder)
        }
        // An administrator may hide fields from a role: what cannot be written is not proposed.
        let visible = try await engine.read(as: actor) { session in
            var visible = definition
            visible.setFields(definition.fields.filter { session.right(on: $0, of: definition) != .hidden })
            return visible
        }
        var mapping = ImportMapping.propose(
            headers: head.headers,
            sampleRows: head.rows,
            object: visible,
            schema: engine.schema
        )
        let (proposed, schema) = (mapping, visible)
        mapping = try await engine.read(as: actor) { session in
            var mapping = proposed
            try mapping.leaveForeignIDs(head.headers, head.rows, schema, session)
            return mapping
        }
        if case .cards = head.format { (mapping.keepsApostrophes, mapping.emptiesUnknown) = (true, true) }
        return ImportPreview(
            object: definition.key,
            format: head.format,
            sheets: head.sheets,
            headers: head.headers,
            rows: head.rows,
            mapping: mapping,
            match: Imports.match(mapping, visible, hasForeignIDs: proposed.columns.contains { $0.field == "id" }),
            problems: head.problems + Imports.remarks(mapping, visible, head.rows)
        )
    }

    /// How many rows a file has, without its heading. Reads the whole file.
    public func rows(_ path: String, _ format: ImportFormat) async throws -> Int {
        try await apart { try format.rows(path) }
    }

    private static func permitted(_ object: String, _ session: ReadSession) throws -> ObjectDefinition {
        let definition = try session.object(object)
        guard session.actor.rights.on(definition.key).importing else {
            throw Problem.forbidden(
                Label("You may not import \(definition.pluralLabel.en).", zh: "您没有导入\(definition.label.zh)的权限。")
            )
        }
        return definition
    }

    private static func match(
        _ mapping: ImportMapping,
        _ object: ObjectDefinition,
        hasForeignIDs: Bool
    ) -> [String] {
        let mapped = mapping.columns.compactMap(\.field)
        if mapped.contains("id") { return ["id"] }
        // Numbers of another workspace count other records there than here.
        let keys = object.visibleFields.filter { $0.isKey && !(hasForeignIDs && $0.isNumbered) }
        return keys.first { mapped.contains($0.key) }.map { [$0.key] } ?? []
    }

    private static func remarks(_ mapping: ImportMapping, _ object: ObjectDefinition, _ rows: [[String]]) -> [Label] {
        var remarks: [Label] = []
        if rows.isEmpty { remarks.append(Label("The file has no rows.", zh: "文件中没有数据行。")) }
        for field in object.visibleFields where field.required && field.isWritable && field.defaultJSON == nil {
            if mapping.columns.contains(where: { $0.field?.split(separator: ".").first ?? "" == field.key }) {
                continue
            }
            remarks.append(
                Label(
                    "No column goes into «\(field.label.en)», which must have a value.",
                    zh: "没有任何一列对应到必填字段“\(field.label.zh)”。"
                )
            )
        }
        return remarks
    }

    // MARK: Start

    /// Copies the file, checks mapping and rights, and registers the import; `run` then does it.
    public func start(_ request: ImportRequest, as actor: Actor) async throws -> RecordID {
        let name = request.fileName ?? (request.file as NSString).lastPathComponent
        let definition = try await engine.read(as: actor) { try Imports.permitted(request.object, $0) }
        let (folder, path, sheet, language) = (directory, request.file, request.sheet, actor.language)
        let head = try await apart {
            let format = try ImportFormat.detect(path, name: name, sheet: sheet, language: language)
            return try FileHead(path, format, folder: folder)
        }
        let (format, headers) = (head.format, head.headers)
        var mapping = request.mapping
        if mapping == nil {
            mapping = try await preview(path, object: request.object, fileName: name, sheet: sheet, as: actor).mapping
        }
        guard let mapping else { throw Problem.notFound }
        try await engine.read(as: actor) { session in
            _ = try ImportPlan(
                mapping,
                object: definition.key,
                mode: request.mode,
                match: request.match,
                headers: headers,
                in: session
            )
        }
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
        return status
    }

    /// The imports that the actor may look at, newest first.
    public func list(as actor: Actor, limit: Int = 50) async throws -> [ImportStatus] {
        let owner = actor.userID == nil || actor.rights.allows(.settings) ? nil : actor.userID
        return try await engine.database.read { try ImportTables.list(of: owner, limit: limit, on: $0) }
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
    func claim(_ id: RecordID) -> Bool { running.withLock { $0.insert(id).inserted } }

    /// Gives it up again.
    func release(_ id: RecordID) { running.withLock { _ = $0.remove(id) } }
}
