import Database
import FieldKinds
public import Files
import Foundation
public import Identity
public import Records
import Schema
import Values

/// Writes records into a file or a response, with bounded memory.
public enum Export {
    /// Checks whether the actor may export what is asked for, before the first byte: throws as `write` would.
    public static func check(
        _ engine: RecordEngine,
        object: String,
        query: ListQuery,
        format: ExportFormat = .csv(.safe),
        as actor: Actor
    ) async throws {
        let (key, page, _) = try await page(engine, object, query, limit: 1, actor)
        if format.isCards { _ = try CardWriter(page.plan, engine.schema.object(key)) }
    }

    /// Writes all matching records that the actor may read, with the fields that they may read.
    ///
    /// Records are read in pages of 200, each in a transaction of its own, so that a slow reader of a large export
    /// holds up nobody. The audit log gets one entry with the number of records and the filter, also when `into`
    /// throws before the end. The answer is the number of records.
    /// A workbook or an archive is made in the folder `scratch` first, since its parts are packed at the end; for an
    /// archive `store` has the contents of files.
    @discardableResult
    public static func write(
        _ engine: RecordEngine,
        object: String,
        query: ListQuery = ListQuery(),
        format: ExportFormat = .csv(.safe),
        as actor: Actor,
        scratch: String? = nil,
        store: FileStore? = nil,
        into: ([UInt8]) async throws -> Void
    ) async throws -> Int64 {
        var query = query
        // What was made first goes first: on the way back, parents come before their children.
        if query.sort.isEmpty { query.sort = ["id"] }
        var count: Int64 = 0
        var isFirst = true
        var key = object
        let sink = ExportSink(
            format,
            engine.schema.baseCurrency,
            actor,
            scratch: scratch ?? FileManager.default.temporaryDirectory.path,
            store: store
        )
        do {
            while true {
                let (definition, page, files) = try await page(
                    engine,
                    object,
                    query,
                    limit: 200,
                    withFiles: format == .archive,
                    actor
                )
                key = definition
                let bytes = try sink.take(page, of: engine.schema.object(definition), files: files)
                if !bytes.isEmpty { try await into(bytes) }
                count += Int64(page.rows.count)
                isFirst = false
                guard let next = page.next else { break }
                query.cursor = next
            }
            try await sink.finish(into)
        } catch {
            if !isFirst { try await audit(engine, key, query, format, count, isComplete: false, actor) }
            throw error
        }
        try await audit(engine, key, query, format, count, isComplete: true, actor)
        return count
    }

    private static func page(
        _ engine: RecordEngine,
        _ object: String,
        _ query: ListQuery,
        limit: Int,
        withFiles: Bool = false,
        _ actor: Actor
    ) async throws -> (object: String, page: RecordPage, files: [StoredFile]) {
        var query = query
        query.limit = limit
        query.total = false
        let asked = query
        return try await engine.read(as: actor) { session in
            let definition = try session.object(object)
            guard actor.rights.on(definition.key).export else {
                throw Problem.forbidden(
                    Label(
                        "You may not export \(definition.pluralLabel.en).",
                        zh: "您没有导出\(definition.label.zh)的权限。"
                    )
                )
            }
            let page = try session.list(definition, asked)
            let files = withFiles ? try Files.list(definition, of: page.rows.map(\.id), session) : []
            return (definition.key, page, files)
        }
    }

    private static func audit(
        _ engine: RecordEngine,
        _ object: String,
        _ query: ListQuery,
        _ format: ExportFormat,
        _ count: Int64,
        isComplete: Bool,
        _ actor: Actor
    ) async throws {
        var json = JSONWriter()
        json.object { json in
            json.member("format", format.name)
            json.member("count", count)
            json.member("complete", isComplete)
            if let filter = query.filter { json.member("filter", filter) }
            if let search = query.search { json.member("q", search) }
            if let fields = query.fields { json.member("fields", fields.joined(separator: ",")) }
        }
        let entry = AuditEntry("export", object: object, changes: json.text)
        try await engine.write(as: actor) { session in
            try session.note(entry)
        }
    }
}
