import Database
import Identity
import SQLText
import Schema
import Search
public import Values

/// Puts the rows of a generator straight into an object's table: for demo and measurement workspaces only.
///
/// Hooks, rules and per-row audit are left out, which is why only the system may use it; sort keys and the search
/// index are filled as ever. One audit entry tells of each load.
public struct RowLoader {
    private let session: WriteSession
    private let object: ObjectDefinition
    private let shape: Shape
    private let searched: Bool
    private var count = 0
    private var first: RecordID?

    /// A loader for one object, by its key. Throws `forbidden` for anyone but the system.
    public init(_ key: String, in session: WriteSession, searched: Bool = true) throws {
        guard session.actor.userID == nil, let object = session.schema.object(key) else {
            throw Problem.forbidden(Label("Only the system loads rows.", zh: "只有系统可以批量装载数据。"))
        }
        self.session = session
        self.object = object
        self.searched = searched
        shape = try session.shape(object)
    }

    /// Adds a row. `values` are columns by name; id, version, times and sort key are filled where they are missing.
    @discardableResult
    public mutating func add(_ values: [String: SQLValue], at created: Instant? = nil) throws -> RecordID {
        let id = values["id"]?.integer.map(RecordID.init) ?? session.engine.ids.next()
        let created = created ?? session.now
        let row = shape.columns.map { column -> SQLValue in
            if let value = values[column] { return value }
            return switch column {
            case "id": .integer(id.raw)
            case "version": .integer(1)
            case "created_at", "updated_at": SQLValue(created)
            case "created_by", "updated_by": values["owner"] ?? .null
            case ObjectDefinition.nameSortColumn: .text(SortKey.of(values[object.nameField]?.text ?? ""))
            default: column.hasSuffix("_base") ? values[String(column.dropLast(5))] ?? .null : .null
            }
        }
        try session.connection.run(SQLFragment(text: shape.insertText, values: row))
        let record = AnyRecord(shape: shape, values: row)
        session.pending.kept.note(shape, before: nil, after: record)
        // Not one that waits: the index takes many rows at once anyway.
        if searched { try SearchFeed.add(CollectionOfOne(record), object, on: session.connection) }
        count += 1
        first = min(first ?? id, id)
        return id
    }

    /// Writes the audit entry of the load.
    public func finish() throws {
        if let first {
            for observer in session.engine.observers { try observer.loaded?(object, first, session) }
        }
        try Audit.add(
            AuditEntry("load", object: object.key, changes: "{\"rows\":\(count)}"),
            by: session.actor,
            at: session.now,
            on: session.connection
        )
    }
}
