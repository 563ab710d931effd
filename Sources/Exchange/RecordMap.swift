import Database
import Records
import SQLText
import Schema
import Synchronization
import Values

/// Which records have which values in fields that no index leads to: a hash of the values beside each id, made by reading
/// the object's table once.
///
/// It may name records that have other values by now, but none that has them is missing as long as whatever was written
/// since has been added. So whoever is named by it is looked at again.
final class RecordMap: Sendable {
    /// What a record has, in 16 bytes.
    struct Entry: Sendable, Comparable {
        let hash: UInt64
        let id: Int64

        static func < (left: Entry, right: Entry) -> Bool {
            left.hash == right.hash ? left.id < right.id : left.hash < right.hash
        }
    }

    private struct State {
        /// In order, by hash and id.
        var entries: [Entry]
        /// What was added, by hash, until `settle`.
        var added: [UInt64: [Int64]] = [:]
        var addedCount = 0
        /// The last event whose record is in it.
        var newest: Int64

        /// Where an entry stands, or would.
        func place(of entry: Entry) -> Int {
            var (low, high) = (0, entries.count)
            while low < high {
                let middle = (low + high) / 2
                if entries[middle] < entry { low = middle + 1 } else { high = middle }
            }
            return low
        }

        func holds(_ entry: Entry) -> Bool {
            let index = place(of: entry)
            if index < entries.count, entries[index] == entry { return true }
            return added[entry.hash]?.contains(entry.id) == true
        }
    }

    /// So many records are read at once.
    private static let portion = 20_000
    /// So many may be added before they are put in order.
    private static let most = 20_000

    /// The version of the schema under which it was made; under another one values may be stored differently.
    let schemaVersion: Int64
    let object: ObjectDefinition
    let fields: [FieldDefinition]
    /// The fields whose change concerns the map; nil where events do not tell that.
    let told: Set<String>?
    private let state: Mutex<State>

    /// Reads all records that have a value in one of the fields; throws where they are more than `most`, unless by a number
    /// given by the system: nobody could make that quicker.
    init(_ object: ObjectDefinition, _ fields: [FieldDefinition], most: Int, _ session: ReadSession) throws {
        (self.object, self.fields) = (object, fields)
        schemaVersion = session.schema.version
        let tellsAll = fields.allSatisfy { !$0.system || $0.key == "owner" }
        told = tellsAll ? Set(fields.map(\.key)) : nil
        let isBounded = !fields.allSatisfy(\.isNumbered)
        let newest = try session.newestEvent()
        var entries: [Entry] = []
        var (last, isOver) = (Int64.min, false)
        while !isOver {
            let before = entries.count
            try RecordMap.read(
                object,
                fields,
                " AND t.\"id\" > \(last) ORDER BY t.\"id\" LIMIT \(RecordMap.portion)",
                session
            ) { entries.append($0) }
            if isBounded, entries.count > most { throw RecordMap.tooMany(fields, most) }
            isOver = entries.count - before < RecordMap.portion
            last = entries.last?.id ?? last
        }
        entries.sort()
        state = Mutex(State(entries: entries, newest: newest))
    }

    /// The last event whose record is in the map.
    var newest: Int64 { state.withLock { $0.newest } }

    /// Notes that the records of all events up to this one, which is committed, are in the map.
    func note(newest: Int64) { state.withLock { $0.newest = max($0.newest, newest) } }

    /// Adds what some records have now, those that are not deleted. Should it be undone, the map only names too many.
    func add(_ records: Set<RecordID>, _ session: ReadSession) throws {
        var entries: [Entry] = []
        for ids in RecordMap.lists(records.map(\.raw)) {
            try RecordMap.read(object, fields, " AND t.\"id\" IN \(list: ids)", session) { entries.append($0) }
        }
        if entries.isEmpty { return }
        state.withLock { state in
            for entry in entries where !state.holds(entry) {
                state.added[entry.hash, default: []].append(entry.id)
                state.addedCount += 1
            }
        }
    }

    /// The records that may have one of the keys, in order of their ids.
    func candidates(_ keys: some Sequence<[SQLValue]>) -> [Int64] {
        let hashes = Set(keys.map(RecordMap.hash))
        return state.withLock { state in
            var ids: Set<Int64> = []
            for hash in hashes {
                var place = state.place(of: Entry(hash: hash, id: .min))
                while place < state.entries.count, state.entries[place].hash == hash {
                    ids.insert(state.entries[place].id)
                    place += 1
                }
                ids.formUnion(state.added[hash] ?? [])
            }
            return ids.sorted()
        }
    }

    /// Puts what was added in order with the rest, once it is much: not while a transaction waits for it.
    func settle() {
        state.withLock { state in
            guard state.addedCount > max(RecordMap.most, state.entries.count / 8) else { return }
            state.entries.reserveCapacity(state.entries.count + state.addedCount)
            for (hash, ids) in state.added { state.entries += ids.map { Entry(hash: hash, id: $0) } }
            (state.added, state.addedCount) = ([:], 0)
            state.entries.sort()
        }
    }

    /// Ids as lists of which each fits into a statement.
    static func lists(_ ids: [Int64]) -> [[SQLValue]] {
        let ids = ids.sorted()
        return stride(from: 0, to: ids.count, by: 500).map { start in
            ids[start..<min(start + 500, ids.count)].map(SQLValue.integer)
        }
    }

    private static func read(
        _ object: ObjectDefinition,
        _ fields: [FieldDefinition],
        _ rest: SQLFragment,
        _ session: ReadSession,
        _ take: (Entry) -> Void
    ) throws {
        let columns = fields.map { Lookup.column($0, session.connection.dialect) }
        let filled = fields.map { "t.\(name: $0.key) IS NOT NULL" as SQLFragment }
        let areTexts = fields.map { $0.columns.first?.type == .text }
        try session.connection.each(
            """
            SELECT t."id", \(columns.joined(", ")) FROM \(name: object.key) t WHERE t."deleted_at" IS NULL \
            AND (\(filled.joined(" OR ")))
            """ + rest
        ) { cursor in
            var hash = ValueHash()
            for (index, isText) in areTexts.enumerated() {
                if cursor.isNull(index + 1) {
                    hash.addNull()
                } else if isText {
                    cursor.withText(index + 1) { hash.add($0) }
                } else {
                    hash.add(cursor.integer(index + 1))
                }
            }
            take(Entry(hash: hash.value, id: cursor.integer(0)))
            return true
        }
    }

    private static func hash(_ key: [SQLValue]) -> UInt64 {
        var hash = ValueHash()
        for value in key {
            switch value {
            case .integer(let number): hash.add(number)
            case .text(var text): text.withUTF8 { hash.add($0) }
            // No field by which records are found holds these.
            case .null, .real, .blob: hash.addNull()
            }
        }
        return hash.value
    }

    private static func tooMany(_ fields: [FieldDefinition], _ most: Int) -> Problem {
        let field = fields.first { !$0.isNumbered } ?? fields[0]
        return .invalid(
            field.key,
            "too_many_without_index",
            Label(
                "More than \(most) records have a value here, and no index leads to them. Mark the field as unique first, or have records found by another one, such as the ID, the name or a unique field.",
                zh: "该字段有值的记录超过 \(most) 条，且没有索引。请先将该字段设为唯一，或改用编号、名称或其他唯一字段查找记录。"
            )
        )
    }
}

/// A hash over values one after another (FNV-1a): what a database takes for equal has the same.
private struct ValueHash {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    private mutating func add(byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }

    mutating func addNull() { add(byte: 0) }

    mutating func add(_ number: Int64) {
        add(byte: 1)
        var rest = UInt64(bitPattern: number)
        for _ in 0..<8 {
            add(byte: UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    mutating func add(_ text: UnsafeBufferPointer<UInt8>) {
        add(byte: 2)
        for byte in text { add(byte: byte) }
        // Never part of a text, so that it ends one.
        add(byte: 0xFF)
    }
}
