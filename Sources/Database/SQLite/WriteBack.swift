import Glibc

/// Has the system write changed pages of a file to disk a little at a time. Otherwise a flush hands all of them to the
/// disk at once, and whoever wants a few bytes flushed meanwhile, as every commit does, waits behind thousands of pages.
enum WriteBack {
    private typealias Call = @convention(c) (Int32, Int64, Int64, UInt32) -> Int32

    private static let part: Int64 = 1 << 20
    /// At the end of a file lies what is added, side by side: there the parts are small.
    private static let tail = 64 * part
    /// Before that what changes lies apart, and a look at each part of a large file would take more than the writing.
    private static let mostParts: Int64 = 256
    /// Wait for what is being written, write, and wait for that.
    private static let wholly: UInt32 = 1 | 2 | 4
    /// Descriptors above this are not looked at.
    private static let mostDescriptors: Int32 = 4096

    /// Writes what was changed in a file that this process has open. Where the system cannot, nothing happens: it only
    /// makes a flush short that follows.
    static func write(_ path: String) {
        guard let symbol = dlsym(nil, "sync_file_range"), let (descriptor, size) = opened(path) else { return }
        let call = unsafeBitCast(symbol, to: Call.self)
        for part in parts(of: size) {
            guard call(descriptor, part.lowerBound, Int64(part.count), wholly) == 0 else { return }
        }
    }

    /// The parts of a file of so many bytes, which are written one after another.
    static func parts(of size: Int64) -> [Range<Int64>] {
        let body = max(0, size - tail)
        let large = max(part, body / mostParts + 1)
        return stride(from: 0, to: body, by: Int64.Stride(large)).map { $0..<min($0 + large, body) }
            + stride(from: body, to: size, by: Int64.Stride(part)).map { $0..<min($0 + part, size) }
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
