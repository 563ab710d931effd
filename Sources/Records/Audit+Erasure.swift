import Database
import Identity
import SQLText
import Values

/// Erasing values out of the log without breaking its chain.
///
/// The hash of an entry covers its values and a random salt. Erasing replaces the values and drops the salt, while the
/// hash stays as the link to the next entry: from it alone nothing can be guessed. What the entry looks like from then
/// on is sealed by the entry of the chain that tells of the erasure. So whoever blanks an entry without saying so, or
/// changes one that was blanked, is found like any other forger.
extension Audit {
    /// The action of the entry that seals what was erased.
    static let erasure = "erase"

    /// Replaces the values of entries; the answer is the member that the sealing entry must carry. `changes` are the
    /// new texts by the number of the entry.
    static func redact(_ changes: [(seq: Int64, text: String?)], on connection: Connection) throws -> JSONValue {
        for (seq, text) in changes {
            try connection.run("UPDATE sys_audit SET changes = \(text), salt = NULL WHERE seq = \(seq)")
        }
        return try seals(of: changes.map(\.seq), on: connection)
    }

    /// Replaces the name of who acted, and drops the address it came from; the answer is as above.
    static func redact(actors: [Int64], name: String, on connection: Connection) throws -> JSONValue {
        for seq in actors {
            try connection.run(
                "UPDATE sys_audit SET actor_name = \(name), address = NULL, salt = NULL WHERE seq = \(seq)"
            )
        }
        return try seals(of: actors, on: connection)
    }

    private static func seals(of numbers: [Int64], on connection: Connection) throws -> JSONValue {
        var seals: [JSONValue.Member] = []
        for seq in numbers {
            let row = try connection.row(
                """
                SELECT seq, at, actor, actor_name, origin, address, action, object, record, changes, salt, hash
                FROM sys_audit WHERE seq = \(seq)
                """
            )
            guard let row, case .blob(let hash) = row[11] else { continue }
            let seal = link(hash, Array(row.values[0..<10]))
            seals.append(.init(key: String(seq), value: .string(Base64URL.text(seal))))
        }
        return .object(seals)
    }

    /// The seals of all entries whose values were erased, by their numbers; the last erasure of an entry counts.
    static func erasedEntries(on connection: Connection) throws -> [Int64: String] {
        var seals: [Int64: String] = [:]
        try connection.each("SELECT changes FROM sys_audit WHERE action = \(erasure) ORDER BY seq") { cursor in
            guard let json = try? JSONReader.parse(cursor.text(0)) else { return true }
            for member in json[sealMember]?.members ?? [] {
                if let seq = Int64(member.key), let seal = member.value.string { seals[seq] = seal }
            }
            return true
        }
        return seals
    }

    /// The member of an erasure's entry that holds the seals.
    static let sealMember = "sealed"

    /// What the hash of an entry covers: entries of older versions had no salt.
    static func sealed(_ row: [SQLValue]) -> [SQLValue] { Array(row[0..<(row[10].isNull ? 10 : 11)]) }

    /// True when the values of an entry were erased and it is as the erasure left it.
    static func isErasure(_ row: [SQLValue], _ hash: [UInt8], _ seal: String?) -> Bool {
        guard let seal, row[10].isNull else { return false }
        return seal == Base64URL.text(link(hash, Array(row[0..<10])))
    }

    /// The salt; older archives have none.
    static func saltColumn(on connection: Connection) throws -> SQLFragment {
        let known = try connection.columns(of: "sys_audit")
        return known.contains { $0.name == "salt" } ? "salt" : "NULL"
    }
}
