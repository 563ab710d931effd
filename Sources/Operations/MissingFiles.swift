import Database
import SQLText
public import Values

/// A file that the database names and whose content is not to be had.
public struct MissingFile: Sendable, Equatable {
    /// The file's id.
    public let id: RecordID
    /// The name that it came with.
    public let name: String
    /// The key of the object of the record that it hangs on; nil while it hangs on none.
    public let object: String?
    /// The record that it hangs on.
    public let record: RecordID?

    /// `customer 01HN… «offer.pdf»`: the record and the name.
    public var text: Label { Label("\(place.en) «\(name)»", zh: "\(place.zh)“\(name)”") }

    /// The record and the file by their ids, for places that hold no personal data.
    var ids: String { holder.map { "\($0) (file \(id))" } ?? "file \(id)" }

    private var holder: String? {
        guard let object, let record else { return nil }
        return "\(object) \(record)"
    }

    private var place: Label { holder.map { Label($0, zh: $0) } ?? Label("file \(id)", zh: "文件 \(id)") }
}

/// The files that the database names and whose content is not to be had: how many, and the first of them.
public struct MissingFiles: Sendable, Equatable {
    /// The most that are named.
    public static let most = 20
    /// How many there are.
    public private(set) var count = 0
    /// The first ones.
    public private(set) var first: [MissingFile] = []

    /// None.
    public init() {}

    /// Those that a database names and of whose hash `isLost` says so.
    static func find(
        in database: Database,
        where isLost: @escaping @Sendable (String) -> Bool
    ) async throws -> MissingFiles {
        try await database.read { connection in
            var found = MissingFiles()
            guard try connection.hasTable("sys_file") else { return found }
            try connection.each("SELECT id, name, hash, object, record FROM sys_file ORDER BY id") { cursor in
                guard isLost(cursor.text(2)) else { return true }
                found.count += 1
                guard found.first.count < MissingFiles.most else { return true }
                found.first.append(
                    MissingFile(
                        id: RecordID(cursor.integer(0)),
                        name: cursor.text(1),
                        object: cursor.isNull(3) ? nil : cursor.text(3),
                        record: cursor.isNull(4) ? nil : RecordID(cursor.integer(4))
                    )
                )
                return true
            }
            return found
        }
    }

    /// Up to three by their ids and how many more, for the results of jobs.
    var ids: String {
        let named = first.prefix(3).map(\.ids).joined(separator: ", ")
        return count > 3 ? "\(named) … +\(count - 3)" : named
    }
}
