import Database
import Foundation
import Operations
import Values

/// A workspace that a restore puts in its place: until all of it is there, nobody is served by it.
extension WorkspaceDirectory {
    /// Says that a restore puts a workspace in its place.
    func restoreMark(_ name: String) -> RestoreMark { RestoreMark(path + "/" + name + RestoreMark.ending) }

    /// True when a restore was broken off between what was there and what was to come.
    func isHalfRestored(_ name: String) -> Bool { !has(name) && restoreMark(name).isThere }

    /// Where a restore sets aside what is there; nil when there is nothing. One that goes on keeps the folder that it began
    /// with, so that what was there stays together.
    func aside(_ name: String, at stamp: String) -> String? {
        if isHalfRestored(name) { return restoreMark(name).aside.map { path + "/" + $0 } }
        guard has(name) || FileManager.default.fileExists(atPath: folder(name)) else { return nil }
        let plain = path + "/\(name).replaced-\(stamp)"
        var (found, number) = (plain, 1)
        while FileManager.default.fileExists(atPath: found) {
            number += 1
            found = plain + "-\(number)"
        }
        return found
    }

    /// True when half of a workspace is there and came by a restore that was broken off: it gives way to the next one. What
    /// a move has brought is not to be lost.
    func isLeftByRestore(_ name: String) async throws -> Bool {
        guard WorkspaceDirectory.isName(name) else { return false }
        guard isArriving(name) else { return isHalfRestored(name) }
        guard let server, let schema = schema(WorkspaceDirectory.waiting(name)) else { return false }
        return try await Relocation.number(of: Database(postgres: server, schema: schema)) == nil
    }

    /// Why a workspace that is not there can be neither used nor made: half of it is there. Nil where nothing is.
    func half(_ name: String) -> Problem? {
        guard WorkspaceDirectory.isName(name), !has(name) else { return nil }
        return isHalfRestored(name) ? halfRestored(name) : isArriving(name) ? halfArrived(name) : nil
    }

    private func halfRestored(_ name: String) -> Problem {
        var en = "A restore of «\(name)» was broken off. Give the command «kehu restore» again."
        var zh = "工作区“\(name)”的恢复中断，请重新执行 kehu restore。"
        if let aside = restoreMark(name).aside {
            en += " What was there is kept in \(path)/\(aside)."
            zh += "原有数据保留在 \(path)/\(aside)。"
        }
        return Problem(.unavailable, "half_restored", Label(en, zh: zh))
    }
}
