public import Database
import Foundation
import Identity
import SQLText
import Schema
import Search
import Values

/// What of new records may follow a little later: search entries, and what observers keep of them. Made for many
/// records at once, in the order of the keys, it costs a half.
///
/// A row of `sys_trail` says for which records it is still to be made; it is written in their own transaction, so that
/// a crash loses none. What is there already (somebody has changed such a record meanwhile) is left as it is.
enum Trail {
    static let table = """
        CREATE TABLE IF NOT EXISTS sys_trail (object TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
            PRIMARY KEY (object, first))
        """

    /// How many records are read at a time.
    static let slice = 100

    /// The records of one object that follow next: from the first to the last id.
    struct Stretch: Sendable {
        let object: String
        let first: Int64
        let last: Int64
    }

    static func add(_ stretch: Stretch, on connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO sys_trail (object, first, last) VALUES (\(stretch.object), \(stretch.first), \(stretch.last))
            ON CONFLICT (object, first) DO UPDATE SET last = excluded.last
            """
        )
    }

    static func next(on connection: Connection) throws -> Stretch? {
        try connection.row("SELECT object, min(first), max(last) FROM sys_trail GROUP BY object LIMIT 1").map {
            Stretch(object: $0.text(0), first: $0.integer(1), last: $0.integer(2))
        }
    }

    /// Notes that the records up to an id are done.
    static func done(_ object: String, through id: Int64, on connection: Connection) throws {
        try connection.run("DELETE FROM sys_trail WHERE object = \(object) AND last <= \(id)")
        try connection.run(
            "UPDATE sys_trail SET first = \(id + 1) WHERE object = \(object) AND first <= \(id)"
        )
    }
}

extension WriteSession {
    /// Notes a new record whose search entry and keys follow; false where something must know of it at once.
    func leave(_ saved: SavedRecord, _ object: ObjectDefinition) throws -> Bool {
        guard leavesTrail, saved.before == nil, try mayTrail(object) else { return false }
        let id = saved.record.id.raw
        let known = pending.trail[object.key] ?? (id, id)
        pending.trail[object.key] = (min(known.first, id), max(known.last, id))
        return true
    }

    private func mayTrail(_ object: ObjectDefinition) throws -> Bool {
        if let known = knownTrails[object.key] { return known }
        let may = try engine.observers.allSatisfy { try $0.mayTrail?(object, self) ?? false }
        knownTrails[object.key] = may
        return may
    }

    func writeTrail() throws {
        for (object, range) in pending.trail.sorted(by: { $0.key < $1.key }) {
            try Trail.add(.init(object: object, first: range.first, last: range.last), on: connection)
        }
    }

    /// Makes what is missing of some of the records that were left behind, and answers of which object they are; nil when
    /// there are none.
    func follow(atMost milliseconds: Int) throws -> String? {
        guard let stretch = try Trail.next(on: connection) else { return nil }
        guard let object = schema.object(stretch.object), let shape = state.shapes[stretch.object] else {
            try Trail.done(stretch.object, through: stretch.last, on: connection)
            return stretch.object
        }
        let pace = Pace(atMost: milliseconds)
        let followers = try engine.observers.compactMap { try $0.trail?(object, self) }
        var through = stretch.first - 1
        while through < stretch.last, !pace.isOver(connection, after: 0) {
            let slice = try slice(of: object, shape, after: through, through: stretch.last)
            let last = slice.last?.id.raw ?? stretch.last
            let present = try SearchIndex.ids(object.key, from: through + 1, through: last, on: connection)
            let missing = slice.lazy.filter { !present.contains($0.id.raw) }
            try SearchFeed.add(missing, object, on: connection)
            for follower in followers { follower.take(slice) }
            through = slice.count < Trail.slice ? stretch.last : last
        }
        for follower in followers { try follower.finish(self) }
        try Trail.done(object.key, through: through, on: connection)
        return object.key
    }

    private func slice(of object: ObjectDefinition, _ shape: Shape, after id: Int64, through last: Int64) throws
        -> [AnyRecord]
    {
        var records: [AnyRecord] = []
        try connection.each(
            """
            SELECT \(raw: shape.columns.map(quotedName).joined(separator: ", ")) FROM \(name: object.key) \
            WHERE "id" > \(id) AND "id" <= \(last) AND "deleted_at" IS NULL ORDER BY "id" LIMIT \(Trail.slice)
            """
        ) { cursor in
            records.append(AnyRecord(shape: shape, values: cursor.row.values))
            return true
        }
        return records
    }
}

extension RecordEngine {
    /// Makes search entries and keys of all records that were left behind, in small transactions that let people go
    /// first. Does nothing when there are none.
    public func followTrail() async throws {
        var followed: Set<String> = []
        while let object = try await write(
            as: .system("engine"),
            patient: true,
            { try $0.follow(atMost: Pace.usual) }
        ) {
            followed.insert(object)
            await Task.yield()
        }
        for object in followed.sorted() where schema.object(object) != nil { try await mergeSearch(object) }
    }

    /// Merges segments of an object's search index as long as there are many of one size: what came at once left large
    /// ones, and each search looks into all.
    private func mergeSearch(_ object: String) async throws {
        while try await database.write(patient: true, { try SearchIndex.mergeSome(object, on: $0) }) {
            await Task.yield()
        }
    }

    /// Puts entries that wait into the search index, and merges what writes have left in the indexes of all objects: each
    /// write merges a little, which is not enough for large segments that came together with small ones. For the night.
    public func tidySearch() async throws {
        if database.dialect == .postgres { return }
        let objects = schema.objects.map(\.key)
        try await database.write(patient: true) { try SearchIndex.settle(knowing: objects, on: $0) }
        for object in objects { try await mergeSearch(object) }
    }
}

/// How long work that nobody waits for may hold the writer: no longer than a moment when somebody wants it, the whole
/// time while nobody does, and many times as long where nobody has written for a while: the larger the portions, the
/// fewer pages are written. What is left to the end of a portion, and its commit, take as long again: who comes in the
/// middle waits for those.
public struct Pace: Sendable {
    /// The longest time, in milliseconds, for work that is done in portions.
    public static let usual = 12
    private static let moment = 4_000_000 as UInt64
    private static let patience = 100 as UInt64

    private let start = DispatchTime.now().uptimeNanoseconds
    private let limit: UInt64
    private let spilled: Int

    /// Begins now. With a connection it also ends when pages have to be written before the transaction's end, which is
    /// better where rows come back to the same pages.
    public init(atMost milliseconds: Int, on connection: Connection? = nil) {
        limit = UInt64(milliseconds) * 1_000_000
        spilled = connection?.spilled ?? .max
    }

    /// True when the portion should end; looked at after every eighth part.
    public func isOver(_ connection: Connection, after parts: Int) -> Bool {
        guard parts & 7 == 0 else { return false }
        if connection.spilled > spilled { return true }
        let elapsed = DispatchTime.now().uptimeNanoseconds - start
        if elapsed > Pace.moment, connection.othersWait { return true }
        return elapsed > limit && (elapsed > Pace.patience * limit || !connection.isAlone)
    }
}
