import Database
import Foundation
import Glibc
public import Identity
public import Records
import SQLText
import Schema
public import Values

/// The files of a workspace: taken in, hung on records, given out, and cleared away.
public final class Files: Sendable {
    /// How long a deleted file can be restored: thirty days, in milliseconds.
    public static let kept: Int64 = 30 * 86_400_000

    /// The record engine.
    public let engine: RecordEngine
    /// The contents.
    public let store: FileStore
    /// Where uploads arrive; on the same disk as the contents.
    public let uploads: String
    let thumbnails: Thumbnails

    /// Files that lie in a workspace's folder: `files` for contents, `thumbnails`, `uploads` for what is arriving.
    public init(_ engine: RecordEngine, folder: String) throws {
        self.engine = engine
        store = try FileStore(folder: folder + "/files")
        uploads = folder + "/uploads"
        thumbnails = Thumbnails(folder: folder + "/thumbnails")
        try FileManager.default.createDirectory(atPath: uploads, withIntermediateDirectories: true)
    }

    /// What may be uploaded.
    public func limits() async throws -> FileLimits {
        try await engine.database.read { try FileLimits.read($0) }
    }

    /// Takes over a file that has arrived on the same disk; it is gone from there whatever happens. With a record it
    /// is attached to it, else only who uploaded it sees it until it is.
    ///
    /// Throws `tooLarge`, `unsupported` for a kind that is refused, `forbidden` without the right to change the record.
    public func take(
        _ path: String,
        name: String,
        to target: (plural: String, id: RecordID)? = nil,
        as actor: Actor
    ) async throws -> StoredFile {
        defer { unlink(path) }
        let mayWrite = engine.schema.objects.contains { object in
            let rights = actor.rights.on(object.key)
            return rights.create || rights.update != .none
        }
        guard mayWrite else {
            throw Problem.forbidden(Label("You may not add files.", zh: "您没有上传文件的权限。"))
        }
        let limits = try await limits()
        let name = Files.cleaned(name)
        let (type, picture, size) = try Files.inspect(path, name: name, limits)
        if let (plural, id) = target {
            try await engine.read(as: actor) { session in try Files.mayAttach(session.object(plural), id, session) }
        }
        let hash = try store.take(path)
        let store = store
        return try await engine.write(as: actor) { (session: WriteSession) -> StoredFile in
            // Clearing away runs in writes too, so what is there now stays.
            guard store.has(hash) else { throw FileStore.unreadable }
            let id = session.newID()
            let (width, height) = (picture.map { Int64($0.width) }, picture.map { Int64($0.height) })
            try session.connection.run(
                """
                INSERT INTO sys_file (id, name, size, type, hash, created_at, created_by, width, height)
                VALUES (\(id), \(name), \(size), \(type.name), \(hash), \(session.now), \(actor.userID), \
                \(SQLValue(width)), \(SQLValue(height)))
                """
            )
            if let (plural, record) = target { try Files.attach(id, to: session.object(plural), record, session) }
            guard let file = try Files.row(id, session) else { throw Problem.notFound }
            return file
        }
    }

    /// Looks at what has arrived without unpacking it.
    private static func inspect(
        _ path: String,
        name: String,
        _ limits: FileLimits
    ) throws -> (FileType, Picture?, Int64) {
        guard let size = FileStore.size(path), let file = FileHandle(forReadingAtPath: path) else {
            throw FileStore.unreadable
        }
        defer { try? file.close() }
        guard size <= limits.size else { throw limits.refusal }
        let head = [UInt8](try file.read(upToCount: Picture.lookedAt) ?? Data())
        let type = FileType.detect(Array(head.prefix(FileType.lookedAt)), name: name)
        if let danger = type.danger, !limits.allowed.contains(danger) { throw FileRefusal.dangerous(danger) }
        guard type.isPicture else { return (type, nil, size) }
        let picture = Picture(head, type: type.name)
        if let picture, picture.pixels > Picture.mostTaken { throw FileRefusal.bomb(picture) }
        return (type, picture, size)
    }

    /// A name without folders and without signs that do not show or turn the direction of writing; at most 200 long.
    static func cleaned(_ name: String) -> String {
        let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        let shown = last.unicodeScalars.filter { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: scalar.value == 0x200D
            default: true
            }
        }
        var text = String(String.UnicodeScalarView(shown))
        text = text.trimmingCharacters(in: .whitespaces)
        if text.isEmpty || text == "." || text == ".." { return "file" }
        guard text.count > 200 else { return text }
        let end = text.lastIndex(of: ".").map { String(text[$0...].prefix(20)) } ?? ""
        return String(text.prefix(200 - end.count)) + end
    }

    // MARK: Giving out

    /// A file that the actor may see, and where its bytes lie. Throws `notFound` for all others.
    public func open(_ id: RecordID, as actor: Actor) async throws -> (file: StoredFile, path: String) {
        let file = try await engine.read(as: actor) { try Files.find(id, $0) }
        guard store.has(file.hash) else { throw FileStore.unreadable }
        return (file, store.path(file.hash))
    }

    /// Where the thumbnail of a picture lies that the actor may see; throws `notFound` for what has none.
    public func thumbnail(_ id: RecordID, as actor: Actor) async throws -> (file: StoredFile, path: String) {
        let (file, path) = try await open(id, as: actor)
        guard file.type.isPicture, let small = await thumbnails.make(file.hash, of: path, type: file.type.name) else {
            throw Problem.notFound
        }
        return (file, small)
    }
}

/// Why an upload is refused.
enum FileRefusal {
    static func tooLarge(_ limits: FileLimits) -> Problem {
        let most = limits.size / 1_000_000
        return Problem(
            .tooLarge,
            "file_too_large",
            Label(
                "The file is larger than \(most) MB. An administrator can raise the limit in the settings.",
                zh: "文件超过 \(most) MB 上限，可请管理员在系统设置中调整。"
            )
        )
    }

    static func dangerous(_ danger: FileType.Danger) -> Problem {
        Problem(
            .unsupported,
            "file_type_refused",
            Label(
                "Files of this kind are refused here: \(danger.label.en). Put it into a ZIP file, or ask an administrator.",
                zh: "不允许上传\(danger.label.zh)。可打包成 ZIP 后上传，或联系管理员。"
            )
        )
    }

    static func bomb(_ picture: Picture) -> Problem {
        Problem(
            .unsupported,
            "picture_too_large",
            Label(
                "The picture has \(picture.width) × \(picture.height) pixels, which is too many. Make it smaller first.",
                zh: "图片尺寸为 \(picture.width)×\(picture.height) 像素，过大，请缩小后再上传。"
            )
        )
    }
}
