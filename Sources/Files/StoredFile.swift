public import Database
import SQLText
public import Values

/// What is known about a file; its bytes lie under their hash.
public struct StoredFile: Sendable, Equatable {
    /// The file's id.
    public let id: RecordID
    /// The name that it came with.
    public let name: String
    /// Its size in bytes.
    public let size: Int64
    /// Its media type, by what it holds.
    public let type: FileType
    /// The SHA-256 of its bytes in hexadecimal digits.
    public let hash: String
    /// When it was uploaded.
    public let createdAt: Instant
    /// Who uploaded it; nil for the system.
    public let createdBy: RecordID?
    /// The name of who uploaded it.
    public let author: String?
    /// The key of the object of the record that it hangs on; nil while it hangs on none.
    public let object: String?
    /// The record that it hangs on.
    public let record: RecordID?
    /// The file field that holds it; nil for an attachment.
    public let field: String?
    /// For pictures: width in pixels.
    public let width: Int64?
    /// For pictures: height in pixels.
    public let height: Int64?
    /// When it was deleted; its content is kept for thirty days more.
    public let deletedAt: Instant?

    static let columns: SQLFragment = """
        f.id, f.name, f.size, f.type, f.hash, f.created_at, f.created_by, \
        (SELECT u.name FROM sys_user u WHERE u.id = f.created_by), f.object, f.record, f.field, f.width, f.height, \
        f.deleted_at
        """

    init?(_ row: Row) {
        guard let id = row.id(0) else { return nil }
        self.id = id
        name = row.text(1)
        size = row.integer(2)
        type = FileType(stored: row.text(3))
        hash = row.text(4)
        createdAt = Instant(milliseconds: row.integer(5))
        createdBy = row.id(6)
        author = row[7].text
        object = row[8].text
        record = row.id(9)
        field = row[10].text
        width = row[11].integer
        height = row[12].integer
        deletedAt = row[13].integer.map { Instant(milliseconds: $0) }
    }

    /// Writes it as the API shows it.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", id.description)
            json.member("name", name)
            json.member("size", size)
            json.member("type", type.name)
            json.member("hash", hash)
            json.member("created_at", createdAt.description)
            json.key("created_by")
            if let createdBy {
                json.object { json in
                    json.member("id", createdBy.description)
                    json.member("name", author)
                }
            } else {
                json.null()
            }
            json.member("object", object)
            json.member("record", record?.description)
            json.member("field", field)
            if let deletedAt { json.member("deleted_at", deletedAt.description) }
            if let width, let height {
                json.member("width", width)
                json.member("height", height)
            }
        }
    }
}

/// What may be uploaded: the workspace's settings.
public struct FileLimits: Sendable, Equatable {
    /// The most bytes of a file.
    public var size: Int64 = 25_000_000
    /// Dangerous kinds that are taken all the same.
    public var allowed: Set<FileType.Danger> = []

    /// The keys of the settings: megabytes, and kinds with commas between them.
    public static let keys = ["file_limit_mb", "file_allowed"]

    /// Why a larger file is refused.
    public var refusal: Problem { FileRefusal.tooLarge(self) }

    /// What the settings say.
    public static func read(_ connection: Connection) throws -> FileLimits {
        var limits = FileLimits()
        for row in try connection.rows(
            "SELECT key, value FROM sys_setting WHERE key IN ('file_limit_mb', 'file_allowed')"
        ) {
            if row.text(0) == "file_limit_mb", let number = Int64(row.text(1)) { limits.size = number * 1_000_000 }
            if row.text(0) == "file_allowed" {
                limits.allowed = Set(
                    row.text(1).split(separator: ",").compactMap { FileType.Danger(rawValue: String($0)) }
                )
            }
        }
        return limits
    }
}
