import Database
public import Identity
import SQLText
import Schema
public import Values

/// Which records a bulk action is about: those named, or all that match.
public struct BulkSelection: Sendable {
    /// These records; nil for all that match.
    public var ids: [RecordID]?
    /// An expression.
    public var filter: String?
    /// What the search box holds.
    public var search: String?

    /// A selection; with nothing given, all records that the actor may change.
    public init(ids: [RecordID]? = nil, filter: String? = nil, search: String? = nil) {
        self.ids = ids
        self.filter = filter
        self.search = search
    }
}

/// What a bulk action did.
public struct BulkResult: Sendable {
    /// How many records were selected and may be changed.
    public internal(set) var matched = 0
    /// How many were changed.
    public internal(set) var changed = 0
    /// Those that were not, and why; the first 1,000.
    public internal(set) var failed: [(id: RecordID, problem: Problem)] = []
}

extension RecordEngine {
    /// Changes all selected records that the actor may change, in small transactions.
    ///
    /// The selection is made on the server with the actor's rights; a record that fails does not stop the others.
    public func updateAll(
        _ plural: String,
        _ selection: BulkSelection,
        data: JSONValue,
        as actor: Actor
    ) async throws -> BulkResult {
        try await forEach(plural, selection, .update, as: actor) { session, object, id in
            _ = try session.update(object, id, data)
        }
    }

    /// Moves all selected records that the actor may delete to the recycle bin.
    public func deleteAll(_ plural: String, _ selection: BulkSelection, as actor: Actor) async throws -> BulkResult {
        try await forEach(plural, selection, .delete, as: actor) { session, object, id in
            try session.delete(object, id)
        }
    }

    private func forEach(
        _ plural: String,
        _ selection: BulkSelection,
        _ verb: RecordVerb,
        as actor: Actor,
        _ body: @escaping @Sendable (WriteSession, ObjectDefinition, RecordID) throws -> Void
    ) async throws -> BulkResult {
        // The ids are fixed first: an update may move records in or out of the filter.
        let ids = try await read(as: actor) { try $0.selected(plural, selection, verb) }
        var result = BulkResult()
        result.matched = ids.count
        for start in stride(from: 0, to: ids.count, by: 100) {
            let part = Array(ids[start..<min(start + 100, ids.count)])
            let outcome = try await write(as: actor) { session in
                let object = try session.object(plural)
                return try part.map { id -> Problem? in
                    do {
                        try session.part { try body(session, object, id) }
                        return nil
                    } catch let problem as Problem {
                        return problem
                    }
                }
            }
            for (id, problem) in zip(part, outcome) {
                if let problem {
                    if result.failed.count < 1000 { result.failed.append((id, problem)) }
                } else {
                    result.changed += 1
                }
            }
        }
        return result
    }
}

extension ReadSession {
    fileprivate func selected(_ plural: String, _ selection: BulkSelection, _ verb: RecordVerb) throws -> [RecordID] {
        let object = try object(plural)
        var query = ListQuery()
        query.filter = selection.filter
        query.search = selection.search
        var sql = "SELECT t.\"id\" FROM \(name: object.key) t WHERE " + (try matching(object, query, verb: verb))
        if let ids = selection.ids {
            guard ids.count <= 10_000 else {
                throw Problem(
                    .tooLarge,
                    "too_many_ids",
                    Label("At most 10,000 records can be named; use a filter.", zh: "一次最多指定 10,000 条记录，请改用筛选条件。")
                )
            }
            sql += " AND t.\"id\" IN \(list: ids.map { .integer($0.raw) })"
        }
        return try connection.rows(sql + " ORDER BY t.\"id\"").compactMap { $0.id(0) }
    }
}
