import Glibc

/// A file that a process has open.
public enum OpenedFile {
    /// Whether a path still leads to it: another process may have taken its name away or given it to another file.
    public static func isNamed(_ path: String, _ descriptor: Int32) -> Bool {
        var (named, held) = (stat(), stat())
        return stat(path, &named) == 0 && fstat(descriptor, &held) == 0 && named.st_ino == held.st_ino
            && named.st_dev == held.st_dev
    }
}
