import Database
import Foundation
import Values

/// A workspace that is on its way into a place, by a move or a restore: it has its name only when all of it is there.
extension WorkspaceDirectory {
    /// The name in PostgreSQL of what has not arrived as a whole. No workspace has such a name.
    static func waiting(_ name: String) -> String { name + ".arriving" }

    /// The file of what has not arrived as a whole.
    func arrivingFile(_ name: String) -> String { file(name) + "-arriving" }

    /// True when something was begun and not ended.
    func isArriving(_ name: String) -> Bool {
        server == nil
            ? FileManager.default.fileExists(atPath: arrivingFile(name))
            : schema(WorkspaceDirectory.waiting(name)) != nil
    }

    /// Why nobody may write to a workspace; nil where everybody may.
    func writeStop(of name: String) async throws -> WriteStop? {
        if let server {
            guard let schema = self.schema(name) else { return nil }
            return try await Database(postgres: server, schema: schema).writeStop()
        }
        let database = try Database(sqlite: file(name), readers: 1)
        defer { database.close() }
        return try await database.writeStop()
    }

    /// What was left behind shares its files and keys with the workspace that moved.
    func stillUsed(_ name: String) -> Problem {
        Problem(
            .conflict,
            "workspace_moved",
            Label(
                "«\(name)» has moved to another database and still uses the files beside this copy. Repeat «kehu workspace move», which takes the copy away.",
                zh: "工作区“\(name)”已迁移到另一数据库，并仍在使用此副本旁的附件等文件，不能删除。请重新执行 kehu workspace move 移开该副本。"
            )
        )
    }

    /// Refuses a new workspace beside the files that one of that name in the other kind of database uses.
    func checkNobodyUsesFiles(_ name: String) throws {
        let beside = [folder(name), keyFile(name)] + (server == nil ? [] : [file(name)])
        guard let found = beside.first(where: { FileManager.default.fileExists(atPath: $0) }) else { return }
        throw Problem(
            .conflict,
            "workspace_exists",
            Label(
                "In the data folder lies «\(found)», which a workspace «\(name)» in another database uses. Take another name, or name that database (--database).",
                zh: "数据目录中已有“\(found)”，属于另一数据库中的工作区“\(name)”。请换一个名称，或用 --database 指定该数据库。"
            )
        )
    }

    /// Refuses to delete or replace a workspace of PostgreSQL beside whose files one of that name in a file is in use.
    func checkFilesAreItsOwn(_ name: String) async throws {
        guard server != nil, FileManager.default.fileExists(atPath: file(name)),
            case let files = try WorkspaceDirectory(path), try await files.writeStop(of: name) != .moved
        else { return }
        throw Problem(
            .conflict,
            "workspace_exists",
            Label(
                "«\(file(name))» is a workspace of the same name, which uses the same attachments and key. Rename or delete that one first (without --database).",
                zh: "“\(file(name))”是同名工作区，与此工作区共用附件和密钥。请先处理该工作区（不带 --database）。"
            )
        )
    }

    /// Nobody is served by half a workspace.
    func halfArrived(_ name: String) -> Problem {
        Problem(
            .unavailable,
            "half_moved",
            Label(
                "The workspace «\(name)» has not arrived here as a whole. Repeat «kehu workspace move» or «kehu restore», or remove what is here with «kehu workspace move» and --give-up.",
                zh: "工作区“\(name)”尚未完整到达此处。请重新执行迁移（kehu workspace move）或恢复，或以 --give-up 放弃迁移。"
            )
        )
    }
}
