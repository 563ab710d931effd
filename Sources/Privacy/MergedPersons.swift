import Database
import Records
import SQLText
import Schema
import Values

/// The records that were merged into a person's: the same person, held twice.
struct MergedPersons {
    /// Those that lie in the recycle bin.
    private(set) var there: [RecordID] = []
    /// Those that were deleted for ever.
    private(set) var gone: [RecordID] = []

    /// All that went into the record, and into what went into it, by merges that hold.
    init(_ person: Person, _ session: ReadSession) throws {
        var open = [person.id]
        var seen: Set<RecordID> = [person.id]
        while let id = open.popLast() {
            let losers = try session.connection.rows(
                """
                SELECT l.record, r."id" FROM sys_merge m JOIN sys_merge_loser l ON l.merge = m.id
                LEFT JOIN \(name: person.object.key) r ON r."id" = l.record
                WHERE m.survivor = \(id) AND m.object = \(person.object.key) AND m.undone_at IS NULL
                """
            )
            for row in losers {
                guard let loser = row.id(0), seen.insert(loser).inserted else { continue }
                open.append(loser)
                if row[1].isNull { gone.append(loser) } else { there.append(loser) }
            }
        }
    }

    /// The records that this one was ever merged into.
    static func survivors(of person: Person, _ session: ReadSession) throws -> [RecordID] {
        try session.connection.rows(
            """
            SELECT DISTINCT m.survivor FROM sys_merge_loser l JOIN sys_merge m ON m.id = l.merge
            WHERE l.record = \(person.id) AND m.object = \(person.object.key)
            """
        ).compactMap { $0.id(0) }
    }

    /// What merges keep, so that they can be taken back: whole records. Those of an erased person cannot be any more.
    static func forget(_ person: Person, _ session: ReadSession) throws {
        let connection = session.connection
        let ids = try connection.rows(
            """
            SELECT id FROM sys_merge WHERE survivor = \(person.id) AND object = \(person.object.key) \
            UNION SELECT merge FROM sys_merge_loser WHERE record = \(person.id)
            """
        ).compactMap { $0.id(0) }
        for id in ids {
            try connection.run("DELETE FROM sys_merge_link WHERE merge = \(id)")
            try connection.run("DELETE FROM sys_merge_loser WHERE merge = \(id)")
            try connection.run("DELETE FROM sys_merge WHERE id = \(id)")
        }
    }
}
