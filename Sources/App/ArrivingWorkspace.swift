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
