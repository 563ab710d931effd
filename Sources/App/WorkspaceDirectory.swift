import Database
import Foundation
import Glibc
import Operations
import Records
import Values

/// Where the workspaces are: a folder with one database file `NAME.db` each, or a PostgreSQL database with one schema
/// each. Files, keys and uploads lie in the folder either way.
public struct WorkspaceDirectory: Sendable {
    /// The folder.
    public let path: String
    /// The PostgreSQL server; nil for files.
    let server: PostgresServer?
    /// The schemas by workspace that there were when this was made.
    private let schemas: [String: String]

    /// The place that the settings name.
    public static func chosen(_ settings: Settings) async throws -> WorkspaceDirectory {
        let address = settings.text("database")
        if address.isEmpty { return try WorkspaceDirectory(settings.text("data")) }
        let direct = settings.text("database_direct")
        let server = PostgresServer(
            try PostgresAddress(address),
            direct: direct.isEmpty ? nil : try PostgresAddress(direct),
            replicas: try settings.text("database_replicas").split(separator: " ").map {
                try PostgresAddress(String($0), follows: true)
            }
        )
        return try await WorkspaceDirectory(settings.text("data"), server)
    }

    /// A folder beside a PostgreSQL database. It may lie on a network file system, where several machines see it: no lock
    /// is taken in it, and nothing but SQLite needs one. Throws when the database does not answer, or sorts in another way
    /// than we do.
    init(_ path: String, _ server: PostgresServer) async throws {
        let folder = WorkspaceDirectory(path: path, server: nil, schemas: [:])
        try folder.prepare()
        if !folder.names().isEmpty { try folder.refuseNetwork() }
        do {
            if let fault = try await server.fault() { throw Problem(.unavailable, "database_unusable", fault) }
            self.init(path: folder.path, server: server, schemas: try await server.workspaces())
        } catch let failure as StorageFailure {
            throw WorkspaceDirectory.unreachable(server, failure)
        }
    }

    private init(path: String, server: PostgresServer?, schemas: [String: String]) {
        (self.path, self.server, self.schemas) = (path, server, schemas)
    }

    private static func unreachable(_ server: PostgresServer, _ failure: StorageFailure) -> Problem {
        let (place, words) = (server.address.shown, failure.message)
        return Problem(
            .unavailable,
            "database_unreachable",
            Label(
                "The database \(place) cannot be used: \(words). See that it runs and that this user may create schemas in it.",
                zh: "无法使用数据库 \(place)：\(words)。请确认数据库已启动，且该用户有权创建 schema。"
            )
        )
    }

    /// Opens the database of a workspace, or makes it.
    func database(_ name: String) async throws -> Database {
        guard let server else { return try Database(sqlite: file(name)) }
        guard let schema = schemas[name] else { return try await claiming(name).database(name) }
        do {
            return try await server.open(schema: schema)
        } catch let failure as StorageFailure {
            throw WorkspaceDirectory.unreachable(server, failure)
        }
    }

    /// The same place with a new workspace, which is empty. Of several processes that want the same name one gets it, the
    /// others are told that it is taken.
    func claiming(_ name: String) async throws -> WorkspaceDirectory {
        guard let server else {
            let descriptor = open(file(name), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o644)
            if descriptor < 0 { throw errno == EEXIST ? exists(name) : unwritable }
            close(descriptor)
            return self
        }
        do {
            let waiting = WorkspaceDirectory.waiting(name)
            let schema = try await server.make(name, unless: waiting, spareOf: WorkspaceFile.program)
            let known = schemas.merging([name: schema]) { _, new in new }
            return WorkspaceDirectory(path: path, server: server, schemas: known)
        } catch let failure as StorageFailure {
            throw failure.isUnique ? exists(name) : WorkspaceDirectory.unreachable(server, failure)
        }
    }

    /// The folder; it is made where it is missing. Throws when it lies on a network file system, where a database
    /// file would break, or cannot be written.
    public init(_ path: String) throws {
        (self.path, server, schemas) = (path, nil, [:])
        try prepare()
        try refuseNetwork()
    }

    /// Makes the folder where it is missing, and looks whether it can be used.
    private func prepare() throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw unwritable
        }
        guard access(path, W_OK | X_OK) == 0 else { throw unwritable }
        try refuseRootInAnothersFolder()
    }

    /// The locks of SQLite do not hold on a network file system.
    private func refuseNetwork() throws {
        guard let kind = DiskState.networkKind(of: path) else { return }
        throw Problem(
            .unavailable,
            "network_file_system",
            Label(
                "\(path) lies on a network file system (\(kind)). Choose a folder on a local disk: --data DIR.",
                zh: "\(path) 位于网络文件系统（\(kind)），请用 --data 指定本地磁盘上的目录。"
            )
        )
    }

    /// Files that root makes in the folder of the server's user could not be written by the server.
    private func refuseRootInAnothersFolder() throws {
        let facts = try? FileManager.default.attributesOfItem(atPath: path)
        guard geteuid() == 0, let owner = facts?[.ownerAccountName] as? String, owner != "root" else { return }
        throw Problem(
            .unavailable,
            "wrong_user",
            Label(
                "\(path) belongs to the user \(owner). Run the command as that user: runuser -u \(owner) -- kehu …",
                zh: "\(path) 属于用户 \(owner)，请以该用户身份运行：runuser -u \(owner) -- kehu …"
            )
        )
    }

    /// The same place with the workspaces that there are now.
    func current() async throws -> WorkspaceDirectory {
        guard let server else { return self }
        do {
            return WorkspaceDirectory(path: path, server: server, schemas: try await server.workspaces())
        } catch let failure as StorageFailure {
            throw Problem(failure)
        }
    }

    /// The names of the workspaces, in order.
    public func names() -> [String] {
        if server != nil { return schemas.keys.filter(WorkspaceDirectory.isName).sorted() }
        let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return files.filter { $0.hasSuffix(".db") }.map { String($0.dropLast(3)) }
            .filter { WorkspaceDirectory.isName($0) }.sorted()
    }

    /// The names of workspaces of which half is there, in order, and perhaps of some that are there as a whole.
    private func halves() -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        func beginnings(_ names: some Sequence<String>, _ ending: String) -> [String] {
            names.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }
        }
        let arriving =
            server == nil
            ? beginnings(files, ".db-arriving") : beginnings(schemas.keys, WorkspaceDirectory.waiting(""))
        return (beginnings(files, RestoreMark.ending) + arriving).filter(WorkspaceDirectory.isName).sorted()
    }

    /// A folder with nothing but a spare workspace.
    func spare(_ schema: String, folder: String) throws -> WorkspaceDirectory {
        let spare = WorkspaceDirectory(path: folder, server: server, schemas: ["spare": schema])
        try spare.prepare()
        return spare
    }

    /// The schema of a workspace in PostgreSQL; nil when there is none.
    func schema(_ name: String) -> String? { schemas[name] }

    /// The database file of a workspace.
    public func file(_ name: String) -> String { path + "/" + name + ".db" }

    /// The file with the key that encrypts stored secrets of a workspace.
    public func keyFile(_ name: String) -> String { path + "/" + name + ".key" }

    /// The file that says who was erased in a workspace; it outlives the database.
    public func ledgerFile(_ name: String) -> String { path + "/" + name + ".erasures" }

    /// The folder for uploads and files of a workspace.
    public func folder(_ name: String) -> String { path + "/" + name + ".files" }

    /// Whether there is such a workspace.
    public func has(_ name: String) -> Bool {
        server == nil ? FileManager.default.fileExists(atPath: file(name)) : schemas[name] != nil
    }

    /// The workspace that is meant: the one named, or the only one.
    public func choose(_ name: String) throws -> String {
        if !name.isEmpty {
            guard WorkspaceDirectory.isName(name), has(name) else {
                if let half = half(name) { throw half }
                throw Problem(
                    .notFound,
                    "no_workspace",
                    Label(
                        "There is no workspace «\(name)» in \(path). See «kehu workspace list».",
                        zh: "\(path) 中没有工作区“\(name)”，可用 kehu workspace list 查看。"
                    )
                )
            }
            return name
        }
        let names = names()
        if let only = names.first, names.count == 1 { return only }
        if names.isEmpty {
            // Half of one is no reason to make another one.
            for name in halves() { if let half = half(name) { throw half } }
            throw Problem(
                .notFound,
                "no_workspace",
                Label(
                    "There is no workspace in \(path) yet: kehu workspace new NAME --owner EMAIL, or kehu demo.",
                    zh: "\(path) 中还没有工作区，请先运行 kehu workspace new 名称 --owner 邮箱，或 kehu demo。"
                )
            )
        }
        let list = names.joined(separator: ", ")
        throw Problem(
            .invalid,
            "which_workspace",
            Label("Which workspace? --workspace NAME, one of: \(list).", zh: "请用 --workspace 指定工作区：\(list)。")
        )
    }

    /// Checks the name of a new workspace: small letters, digits, `-` and `_`.
    public func checkNew(_ name: String) throws {
        guard WorkspaceDirectory.isName(name) else {
            throw Problem(
                .invalid,
                "wrong_name",
                Label(
                    "A workspace's name has 1 to 40 small letters, digits, «-» and «_», a letter first.",
                    zh: "工作区名称只能用小写字母、数字、- 和 _，以字母开头，最多 40 个字符。"
                )
            )
        }
        guard !has(name) else { throw exists(name) }
        if let half = half(name) { throw half }
    }

    /// Why a name cannot be taken.
    func exists(_ name: String) -> Problem {
        Problem(
            .conflict,
            "workspace_exists",
            Label("There already is a workspace «\(name)».", zh: "工作区“\(name)”已存在。")
        )
    }

    /// Removes a workspace with all it holds, but for files with the endings in `spared`.
    public func delete(_ name: String, sparing spared: Set<String> = []) async throws {
        try await server?.remove(name)
        // What a move has left half-way.
        try await server?.remove(WorkspaceDirectory.waiting(name))
        for suffix in WorkspaceDirectory.suffixes where !spared.contains(suffix) {
            let path = path + "/" + name + suffix
            if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
        }
    }

    /// The endings of the files that there are of a name.
    func suffixes(of name: String) -> Set<String> {
        Set(WorkspaceDirectory.suffixes.filter { FileManager.default.fileExists(atPath: path + "/" + name + $0) })
    }

    private static let suffixes =
        [".db", ".db-wal", ".db-shm", ".db-login", ".files", ".key", ".lock", ".moving", ".erasures"]
        + [".db-arriving", ".db-arriving-wal", ".db-arriving-shm", RestoreMark.ending]
        + Upgrade.suffixes.map { ".db" + $0 }

    /// The processes that serve a workspace in PostgreSQL, as far as is known. Those of a file hold its lock.
    func servers(of name: String) async throws -> [NodeNumbers.Server] {
        guard let server, let schema = schemas[name] else { return [] }
        do {
            return try await Database(postgres: server, schema: schema).read { try NodeNumbers.servers(on: $0) }
        } catch let failure as StorageFailure {
            throw Problem(failure)
        }
    }

    var unwritable: Problem {
        Problem(
            .unavailable,
            "folder_unwritable",
            Label(
                "The folder \(path) cannot be written. Choose another one: --data DIR.",
                zh: "目录 \(path) 无法写入，请用 --data 指定其他目录。"
            )
        )
    }

    static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, (0x61...0x7A).contains(first), name.utf8.count <= 40 else { return false }
        return name.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F
        }
    }
}
