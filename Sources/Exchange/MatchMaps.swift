import Database
import Identity
import Records
import SQLText
import Schema
import Synchronization
import Values

/// The maps that one run of an import has made of records that no index finds; each is made once, outside of any write.
final class MatchMaps: Sendable {
    /// The fields of an object by which records are found.
    struct Key: Hashable, Sendable {
        let object: String
        let fields: [String]
    }

    /// A batch cannot go on without a map: it ends, and is begun again when there is one.
    struct Missing: Error {
        let key: Key
    }

    /// Objects of so many records are looked through once; smaller ones each time, larger ones not at all.
    let sizes: ClosedRange<Int>
    private let maps = Mutex<[Key: RecordMap]>([:])

    init(_ sizes: ClosedRange<Int>) { self.sizes = sizes }

    var isEmpty: Bool { maps.withLock { $0.isEmpty } }

    subscript(key: Key) -> RecordMap? { maps.withLock { $0[key] } }

    /// Makes a map, anew where there is one: the schema has changed since.
    func make(_ key: Key, _ engine: RecordEngine, as actor: Actor) async throws {
        maps.withLock { $0[key] = nil }
        let most = sizes.upperBound
        let map = try await engine.read(as: actor) { session in
            guard let object = session.schema.object(key.object) else { throw Problem.notFound }
            let fields = key.fields.compactMap { object.field($0) }
            guard fields.count == key.fields.count else { throw Problem.notFound }
            return try RecordMap(object, fields, most: most, session)
        }
        maps.withLock { $0[key] = map }
    }

    /// After a batch, whatever became of it.
    func settle() { for map in maps.withLock({ Array($0.values) }) { map.settle() } }
}

extension Imports {
    /// Runs a batch, again whenever a map that it lacked has been made.
    func withMaps<Result>(
        of id: RecordID,
        as actor: Actor,
        _ batch: (MatchMaps) async throws -> Result
    ) async throws -> Result {
        let maps = maps(of: id)
        defer { maps.settle() }
        while true {
            do {
                return try await batch(maps)
            } catch let missing as MatchMaps.Missing {
                try await maps.make(missing.key, engine, as: actor)
            }
        }
    }
}

/// The maps as one batch uses them: with what was written since they were made, by others and by the batch itself.
final class MatchSearch {
    private struct Followed {
        let map: RecordMap
        /// The last event, stored in this transaction too, whose record is in the map.
        var newest: Int64
        /// The first event not stored yet whose record is not.
        var place = 0
    }

    private let maps: MatchMaps
    private let session: WriteSession
    /// The last event when the batch began: all up to it are committed, since the batch is alone in its transaction.
    private let start: Int64
    private var followed: [MatchMaps.Key: Followed] = [:]
    /// What has so few records that they are looked through.
    private var small: Set<MatchMaps.Key> = []

    init(_ maps: MatchMaps, _ session: WriteSession) throws {
        self.maps = maps
        self.session = session
        start = maps.isEmpty ? 0 : try session.newestEvent()
    }

    /// The records that may have one of the keys in the fields; nil where there are so few that all are looked at. Each
    /// key has a value in a field that `isTold`.
    func candidates(
        _ object: ObjectDefinition,
        _ fields: [FieldDefinition],
        _ keys: Set<[SQLValue]>
    ) throws -> [Int64]? {
        let places = fields.indices.filter { fields[$0].isTold }
        let key = MatchMaps.Key(object: object.key, fields: places.map { fields[$0].key })
        guard let map = try map(key, object) else { return nil }
        return map.candidates(keys.lazy.map { values in places.map { values[$0] } })
    }

    private func map(_ key: MatchMaps.Key, _ object: ObjectDefinition) throws -> RecordMap? {
        if small.contains(key) { return nil }
        guard var known = try followed[key] ?? begin(key) else {
            guard try isLarge(object) else {
                small.insert(key)
                return nil
            }
            throw MatchMaps.Missing(key: key)
        }
        let map = known.map
        let newest = try session.newestEvent()
        if newest > known.newest {
            let written = try session.written(key.object, map.told, after: known.newest, through: newest)
            try map.add(written, session)
            (known.newest, known.place) = (newest, 0)
        }
        try map.add(session.writtenHere(key.object, map.told, from: &known.place), session)
        followed[key] = known
        return map
    }

    /// Brings a map up to where the batch began; nil where there is none that fits.
    private func begin(_ key: MatchMaps.Key) throws -> Followed? {
        guard let map = maps[key], map.schemaVersion == session.schema.version else { return nil }
        try map.add(session.written(key.object, map.told, after: map.newest, through: start), session)
        map.note(newest: start)
        return Followed(map: map, newest: start)
    }

    private func isLarge(_ object: ObjectDefinition) throws -> Bool {
        let least = maps.sizes.lowerBound
        let count = try session.connection.value(
            "SELECT count(*) FROM (SELECT 1 FROM \(name: object.key) LIMIT \(least)) few"
        )
        return count.integer == Int64(least)
    }
}

extension ObjectDefinition {
    /// Whether an index leads from a value of the field to its records. Of several fields one whose index leads to few is
    /// enough; where a field is `alone` any index is the shortest way.
    func isFound(by field: FieldDefinition, alone: Bool) -> Bool {
        if field.key == "id" || field.key == nameField { return true }
        switch field.kind {
        case .link: return true
        // Numbers are compared folded, which their index is not.
        case .autoNumber: return false
        case .text, .phone, .email, .url: if field.unique || field.indexed { return true }
        default: if field.unique || (alone && field.indexed) { return true }
        }
        guard alone, !field.isFolded else { return false }
        return field.key == "owner" || indexes.contains { $0.first == field.key } || sparseIndexes.contains([field.key])
    }
}

extension FieldDefinition {
    /// Whether an event names each record in which the value changes, see `written`.
    var isTold: Bool {
        if system { return ["owner", "created_at", "created_by"].contains(key) }
        switch kind {
        case .link, .anyLink: return false
        case .instant: return !readOnly
        default: return true
        }
    }
}
