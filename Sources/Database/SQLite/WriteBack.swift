import Glibc

/// Has the system write changed pages of a file to disk a little at a time. Otherwise a flush hands all of them to the
/// disk at once, and whoever wants a few bytes flushed meanwhile, as every commit does, waits behind thousands of pages.
enum WriteBack {
    private typealias Call = @convention(c) (Int32, Int64, Int64, UInt32) -> Int32

    private static let part: Int64 = 1 << 20
    /// Wait for what is being written, write, and wait for that.
    private static let wholly: UInt32 = 1 | 2 | 4
    /// Descriptors above this are not looked at.
    private static let mostDescriptors: Int32 = 4096

    /// Writes what was changed in a file that this process has open. Where the system cannot, nothing happens: it only
    /// makes a flush short that follows.
    static func write(_ path: String) {
        guard let symbol = dlsym(nil, "sync_file_range"), let (descriptor, size) = opened(path) else { return }
        let call = unsafeBitCast(symbol, to: Call.self)
        for start in stride(from: 0, to: size, by: Int64.Stride(part)) {
            guard call(descriptor, start, part, wholly) == 0 else { return }
        }
    }

    /// One of the descriptors under which SQLite has the file open, and how large it is. A descriptor of our own would not
    /// do: to close it would give up the locks that SQLite holds.
    private static func opened(_ path: String) -> (descriptor: Int32, size: Int64)? {
        var wanted = stat()
        guard stat(path, &wanted) == 0 else { return nil }
        for descriptor in 3..<mostDescriptors {
            var file = stat()
            if fstat(descriptor, &file) == 0, file.st_ino == wanted.st_ino, file.st_dev == wanted.st_dev {
                return (descriptor, Int64(file.st_size))
            }
        }
        return nil
    }
}
