import Database
public import Schema
import Synchronization
public import Values

/// What happened to a record.
public enum RecordChange: Sendable { case created, updated, deleted, restored, purged }

/// Something that follows the records of every object, custom ones included, in the transaction of each change.
public struct RecordObserver: Sendable {
    /// Refuses a draft by throwing a `Problem`.
    public typealias Check = @Sendable (ObjectDefinition, AnyDraft, WriteSession) throws -> Void
    /// Follows a change; after `deleted` and `purged` the record is what it was.
    public typealias Follow = @Sendable (ObjectDefinition, RecordChange, SavedRecord, WriteSession) throws -> Void
    /// Follows a load of many rows, which begins with this id.
    public typealias Loaded = @Sendable (ObjectDefinition, RecordID, WriteSession) throws -> Void

    /// Records that are likely the same as one with these values, in the API's form, the likeliest first.
    public typealias Alike = @Sendable (ObjectDefinition, JSONValue, WriteSession) throws -> [LikeRecord]
    /// Whether new records of an object may be followed later, many at once.
    public typealias MayTrail = @Sendable (ObjectDefinition, WriteSession) throws -> Bool
    /// Who follows new records later, in a transaction of its own; nil where there is nothing to follow.
    public typealias Trail = @Sendable (ObjectDefinition, WriteSession) throws -> (any RecordFollower)?

    let check: Check?
    let follow: Follow
    let loaded: Loaded?
    let alike: Alike?
    let mayTrail: MayTrail?
    let trail: Trail?

    /// An observer of all records.
    public init(
        check: Check? = nil,
        loaded: Loaded? = nil,
        alike: Alike? = nil,
        mayTrail: MayTrail? = nil,
        trail: Trail? = nil,
        follow: @escaping Follow
    ) {
        self.check = check
        self.alike = alike
        self.loaded = loaded
        self.mayTrail = mayTrail
        self.trail = trail
        self.follow = follow
    }
}

/// Follows new records some time after they were made: takes a few at a time, of which it keeps what it needs, and
/// writes at the end. Some may have been changed and followed meanwhile.
public protocol RecordFollower: AnyObject {
    /// Takes the next records.
    func take(_ records: [AnyRecord])
    /// Writes what came of them.
    func finish(_ session: WriteSession) throws
}

/// A record that is likely the same as one that is being entered.
public struct LikeRecord: Sendable {
    /// The key of its object, which may be another one.
    public let object: String
    /// The record; nil where the actor may not see it.
    public let id: RecordID?
    /// The name of its owner; nil without one.
    public let owner: String?
    /// How likely, 0 to 100; 0 where it may not be seen.
    public let points: Int
    /// Why, in words; empty where it may not be seen.
    public let reasons: [Label]

    /// A record that is likely the same.
    public init(object: String, id: RecordID?, owner: String?, points: Int, reasons: [Label]) {
        (self.object, self.id, self.owner, self.points, self.reasons) = (object, id, owner, points, reasons)
    }
}

/// Where a system table names records: a merge re-points what belongs to the losers.
public struct RecordColumns: Sendable {
    /// The table; its rows have an `id`.
    public let table: String
    /// The column with the object's key.
    public let object: String
    /// The column with the record's id.
    public let record: String

    /// Where a system table names records.
    public init(table: String, object: String, record: String) {
        self.table = table
        self.object = object
        self.record = record
    }
}

extension WriteSession {
    func askObservers(_ object: ObjectDefinition, _ draft: AnyDraft) throws {
        for observer in engine.observers { try observer.check?(object, draft, self) }
    }

    /// Records that are likely the same as one with these values, as the features that look for such see it.
    public func alike(_ object: ObjectDefinition, _ input: JSONValue) throws -> [LikeRecord] {
        try engine.observers.flatMap { try $0.alike?(object, input, self) ?? [] }
    }

    func tellObservers(_ object: ObjectDefinition, _ change: RecordChange, _ saved: SavedRecord) throws {
        for observer in engine.observers { try observer.follow(object, change, saved, self) }
    }

    /// Makes every session from the next on see a new version of the schema, and so forget what it remembered.
    public func renewSchema() throws { try SchemaStore.bumpVersion(on: connection) }

    /// The next id.
    public func nextID() -> RecordID { engine.ids.next() }
}

/// What was worked out for one version of the schema.
final class SchemaMemory: Sendable {
    private let values = Mutex<[String: any Sendable]>([:])

    func value<Value: Sendable>(_ key: String, _ make: () throws -> Value) rethrows -> Value {
        if let known = values.withLock({ $0[key] }) as? Value { return known }
        let made = try make()
        values.withLock { $0[key] = made }
        return made
    }
}

extension ReadSession {
    /// What `make` answers, kept until the schema changes. It may depend on nothing else.
    public func remembered<Value: Sendable>(_ key: String, _ make: () throws -> Value) rethrows -> Value {
        try state.memory.value(key, make)
    }
}
