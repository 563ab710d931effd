import Database
import Foundation
import Glibc
import Operations
import Values

/// Locks of the data folder: who serves a workspace's file, and who moves it.
extension WorkspaceDirectory {
    /// Takes the workspace for this process alone, until it ends: two servers on one file would not know of each other.
    ///
    /// In PostgreSQL any number of servers may serve a workspace: their writes take turns there.
    public func lock(_ name: String) throws -> WorkspaceLock {
        if server != nil { return WorkspaceLock(descriptor: -1) }
        guard let lock = try hold(name + ".lock") else { throw inUse(name) }
        lock.tellOfHeed()
        return lock
    }

    /// As `lock`, but nil where another process has the workspace and leaves it alone as soon as writes are stopped
    /// (`WriteStop`). Programs of before that was so are refused.
    func lockUnlessHeeded(_ name: String) throws -> WorkspaceLock? {
        if let lock = try hold(name + ".lock") { return lock }
        guard WorkspaceLock.isHeeding(path + "/" + name + ".lock") else { throw inUse(name) }
        return nil
    }

    /// Takes a workspace for a move, wherever it lies: two moves at once would undo each other.
    func lockForMove(_ name: String) throws -> WorkspaceLock {
        guard let lock = try hold(name + ".moving") else {
            throw Problem(
                .conflict,
                "move_runs",
                Label("«\(name)» is being moved by another process.", zh: "另一个进程正在迁移工作区“\(name)”。")
            )
        }
        return lock
    }

    /// Says that a restore unpacks an archive here, in its `unpackingFolder`. Where no other one does, what those have
    /// left that were broken off is removed first: each is a copy of a whole workspace.
    func lockForUnpacking() throws -> WorkspaceLock {
        let descriptor = open(path + "/.restore.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unwritable }
        let lock = WorkspaceLock(descriptor: descriptor)
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
            clearUnpacked(isShared: DiskState.networkKind(of: path) != nil)
        }
        // From now on others may unpack as well.
        guard flock(descriptor, LOCK_SH) == 0 else { throw unwritable }
        return lock
    }

    /// Removes what restores have left. The locks of some network file systems keep out nobody on another machine: in a
    /// folder that is `shared` what others unpack is left to them.
    func clearUnpacked(isShared: Bool) {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let start = isShared ? WorkspaceDirectory.unpackingHere : WorkspaceDirectory.unpacking
        for file in files where file.hasPrefix(start) {
            try? FileManager.default.removeItem(atPath: path + "/" + file)
        }
    }

    /// The folder in which this process unpacks an archive at a moment.
    func unpackingFolder(at stamp: String) -> String {
        path + "/" + WorkspaceDirectory.unpackingHere + "\(stamp)-\(getpid())"
    }

    /// How the names of folders begin in which archives are unpacked.
    private static let unpacking = ".restore-"
    /// The same for those of this machine; no name of a machine has the last sign.
    private static let unpackingHere = unpacking + Rollout.host.replacing("/", with: "_") + "@"

    /// Takes the name of a workspace while it is made, restored or deleted, wherever it lies: one at a time, and none while it
    /// is moved. Waits for half a minute, since making one takes no longer.
    func lockForMaking(_ name: String) async throws -> WorkspaceLock {
        for _ in 0..<600 {
            if let lock = try hold(name + ".moving", isPassing: true) { return lock }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Problem(
            .conflict,
            "workspace_busy",
            Label(
                "«\(name)» is just being made, restored, moved or deleted by another process. Try again when that has ended.",
                zh: "另一个进程正在新建、恢复、迁移或删除工作区“\(name)”，请待其结束后重试。"
            )
        )
    }

    /// Takes a lock until the process ends or lets go; nil when another one has it. Of a `passing` one no file is left.
    private func hold(_ file: String, isPassing: Bool = false) throws -> WorkspaceLock? {
        let path = path + "/" + file
        while true {
            let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw unwritable }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                close(descriptor)
                return nil
            }
            // Whoever had it before may have taken the file away: then a lock on it keeps nobody out.
            if OpenedFile.isNamed(path, descriptor) {
                return WorkspaceLock(descriptor: descriptor, passing: isPassing ? path : nil)
            }
            close(descriptor)
        }
    }

    private func inUse(_ name: String) -> Problem {
        Problem(
            .conflict,
            "workspace_in_use",
            Label(
                "The workspace «\(name)» is being served by another process. Stop it first.",
                zh: "工作区“\(name)”正由另一个进程提供服务，请先停止它。"
            )
        )
    }
}

/// Holds a workspace for this process.
public final class WorkspaceLock: Sendable {
    private let descriptor: Int32
    /// The file, where none is to be left.
    private let passing: String?

    // F_OFD_GETLK and F_OFD_SETLK of Linux, which Swift's Glibc does not have.
    private static let (ask, set): (Int32, Int32) = (36, 37)

    init(descriptor: Int32, passing: String? = nil) { (self.descriptor, self.passing) = (descriptor, passing) }

    deinit {
        if let passing, OpenedFile.isNamed(passing, descriptor) { unlink(passing) }
        close(descriptor)
    }

    /// Says that this process looks before each write whether it may. A second lock on the same file does, which ends with
    /// it; one of a kind that counts for each opening of a file, as the other one does.
    fileprivate func tellOfHeed() {
        var range = WorkspaceLock.range
        _ = fcntl(descriptor, WorkspaceLock.set, &range)
    }

    /// Whether the process that holds a lock has said so.
    fileprivate static func isHeeding(_ path: String) -> Bool {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var range = range
        return fcntl(descriptor, ask, &range) == 0 && range.l_type != Int16(F_UNLCK)
    }

    private static var range: flock {
        var range = flock()
        range.l_type = Int16(F_WRLCK)
        range.l_whence = Int16(SEEK_SET)
        return range
    }
}
