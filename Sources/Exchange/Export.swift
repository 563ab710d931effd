import Database
import FieldKinds
import Foundation
public import Identity
public import Records
import Schema
import Values

/// The form of an export.
public enum ExportFormat: Sendable, Equatable {
    /// CSV for spreadsheets (`safe`) or for programs (`raw`).
    case csv(CSVWriter.Form)
    /// A JSON object per line, as the API shows records.
    case jsonLines

    /// The format of a name in the API and on the command line: `csv` (safe), `csv-raw`, `jsonl`.
    public init(name: String) throws {
        switch name {
        case "csv", "csv-safe": self = .csv(.safe)
        case "csv-raw": self = .csv(.raw)
        case "jsonl": self = .jsonLines
        default:
            throw Problem.malformed(
                "unknown_format",
                Label(
                    "There is no format «\(name.prefix(20))»; take csv, csv-raw or jsonl.",
                    zh: "没有这种格式，可选：csv、csv-raw、jsonl。"
                )
            )
        }
    }

    /// The type for `Content-Type`.
    public var contentType: String {
        self == .jsonLines ? "application/x-ndjson" : "text/csv; charset=utf-8"
    }

    /// The end of the file's name.
    public var suffix: String { self == .jsonLines ? "jsonl" : "csv" }

    /// The name in the audit log.
    public var name: String {
        switch self {
        case .csv(.safe): "csv"
        case .csv(.raw): "csv-raw"
        case .jsonLines: "jsonl"
        }
    }
}

/// Writes records into a file or a response, with bounded memory.
public enum Export {
    /// Checks whether the actor may export what is asked for, before the first byte: throws as `write` would.
    public static func check(_ engine: RecordEngine, object: String, query: ListQuery, as actor: Actor) async throws {
        _ = try await page(engine, object, query, limit: 1, actor)
    }

    /// Writes all matching records that the actor may read, with the fields that they may read.
    ///
    /// Records are read in pages of 200, each in a transaction of its own, so that a slow reader of a large export
    /// holds up nobody. The audit log gets one entry with the number of records and the filter, also when `into`
    /// throws before the end. The answer is the number of records.
    @discardableResult
    public static func write(
        _ engine: RecordEngine,
        object: String,
        query: ListQuery = ListQuery(),
        format: ExportFormat = .csv(.safe),
        as actor: Actor,
        into: ([UInt8]) async throws -> Void
    ) async throws -> Int64 {
        var query = query
        var count: Int64 = 0
        var isFirst = true
        var key = object
        do {
            while true {
                let (definition, page) = try await page(engine, object, query, limit: 200, actor)
                key = definition
                try await into(bytes(page, format, isFirst: isFirst, engine.schema.baseCurrency, actor))
                count += Int64(page.rows.count)
                isFirst = false
                guard let next = page.next else { break }
                query.cursor = next
            }
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
        _ actor: Actor
    ) async throws -> (object: String, page: RecordPage) {
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
            return (definition.key, try session.list(definition, asked))
        }
    }

    private static func bytes(
        _ page: RecordPage,
        _ format: ExportFormat,
        isFirst: Bool,
        _ currency: String,
        _ actor: Actor
    ) -> [UInt8] {
        guard case .csv(let form) = format else { return lines(page) }
        let columns = ExportColumn.columns(page.plan, form, actor.language)
        var writer = CSVWriter(form, mark: isFirst)
        if isFirst { writer.row(columns.map(\.header)) }
        let cells = ExportCells(
            form: form,
            language: actor.language,
            baseCurrency: currency,
            zone: TimeZone(identifier: actor.timeZone)
        )
        for row in page.rows { cells.write(row, columns, to: &writer) }
        return writer.take()
    }

    private static func lines(_ page: RecordPage) -> [UInt8] {
        var bytes: [UInt8] = []
        for row in page.rows {
            var json = JSONWriter()
            json.object { json in
                for slot in page.plan.slots {
                    json.key(slot.field.key)
                    slot.field.write(row.values(slot)[...], name: row.name(slot), to: &json)
                }
            }
            bytes += json.bytes
            bytes.append(0x0A)
        }
        return bytes
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
