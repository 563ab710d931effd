import Foundation
import Glibc
public import Values

/// What can be known about a disk before it fails.
public enum DiskState {
    /// Below so many free bytes the server does not start.
    public static let least: Int64 = 16 * 1024 * 1024

    /// The free bytes where a path lies; nil when it cannot be known.
    public static func free(at path: String) -> Int64? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        return Int64(status.f_bavail) * Int64(status.f_frsize)
    }

    /// Whether the file system of a path is mounted read-only.
    public static func isReadOnly(_ path: String) -> Bool {
        var status = statvfs()
        return statvfs(path, &status) == 0 && status.f_flag & UInt(ST_RDONLY) != 0
    }

    /// The network file system that a path lies on; nil for a local disk.
    public static func networkKind(of path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { Glibc.free(resolved) }
        guard let mounts = FileManager.default.contents(atPath: "/proc/self/mounts") else { return nil }
        return networkKind(of: String(cString: resolved), mounts: String(decoding: mounts, as: UTF8.self))
    }

    /// The same by the list of what is mounted, in the form of `/proc/self/mounts`.
    static func networkKind(of place: String, mounts: String) -> String? {
        var best: (length: Int, kind: String) = (0, "")
        for line in mounts.split(separator: "\n") {
            let parts = line.split(separator: " ")
            guard parts.count > 2 else { continue }
            let point = parts[1].replacing("\\040", with: " ")
            let isAbove = point == "/" || place == point || place.hasPrefix(point + "/")
            if isAbove, point.utf8.count >= best.length { best = (point.utf8.count, String(parts[2])) }
        }
        let network: Set<String> = [
            "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "glusterfs", "lustre", "beegfs", "gpfs", "orangefs",
            "ncpfs", "davfs", "9p", "vboxsf", "prl_fs", "vmhgfs", "fuse.sshfs", "fuse.glusterfs", "fuse.rclone",
            "fuse.s3fs", "fuse.juicefs", "fuse.vmhgfs-fuse", "fuse.cephfs", "fuse.davfs",
        ]
        return network.contains(best.kind) ? best.kind : nil
    }

    /// Throws unless there is room for so many bytes and a little more.
    public static func require(_ bytes: Int64, in folder: String) throws {
        guard let free = free(at: folder), free < bytes + least else { return }
        let (needed, left) = ((bytes + least) / 1_000_000, free / 1_000_000)
        throw Problem(
            .unavailable,
            "disk_full",
            Label(
                "There is too little room in \(folder): \(needed) MB are needed, \(left) MB are free. Free some space.",
                zh: "\(folder) 空间不足：需要 \(needed) MB，剩余 \(left) MB，请清理磁盘空间。"
            )
        )
    }

    /// The bytes of a file, or of all files in a folder.
    static func size(of path: String) -> Int64 {
        var status = stat()
        guard stat(path, &status) == 0 else { return 0 }
        if status.st_mode & S_IFMT != S_IFDIR { return Int64(status.st_size) }
        return Backup.files(in: path).reduce(0) { sum, name in
            stat(path + "/" + name, &status) == 0 ? sum + Int64(status.st_size) : sum
        }
    }

    /// What is wrong with a database file before it is opened: no database, or cut short. Nil when nothing is.
    public static func fault(ofDatabase path: String) -> Problem? {
        guard let file = try? ByteFile(reading: path), let header = try? file.read(upTo: 100) else {
            return Problem.cannotRead(path)
        }
        // A file that is empty becomes a new database.
        if header.isEmpty { return nil }
        guard header.count == 100, header.starts(with: Array("SQLite format 3\0".utf8)) else { return damaged(path) }
        var page = Int64(header[16]) << 8 | Int64(header[17])
        if page == 1 { page = 65_536 }
        let pages = header[28..<32].reduce(Int64(0)) { $0 << 8 | Int64($1) }
        var log = stat()
        // With a write-ahead log the pages that seem to be missing may stand there.
        let hasLog = stat(path + "-wal", &log) == 0 && log.st_size > 0
        return !hasLog && file.size < page * pages ? damaged(path) : nil
    }

    private static func damaged(_ path: String) -> Problem {
        Problem(
            .unavailable,
            "database_damaged",
            Label(
                "The database \(path) is cut short or damaged. Restore the last backup: kehu restore FILE --replace.",
                zh: "数据库 \(path) 不完整或已损坏，请恢复最近的备份：kehu restore 文件 --replace。"
            )
        )
    }
}
