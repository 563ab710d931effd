import CZlib

/// Files that gzip has packed.
public enum PackedFile {
    /// The file cannot be read.
    public struct Unreadable: Error {
        let path: String
    }

    /// What is in a file, without a program of its own: starting one while a thousand files are open is more than
    /// Foundation can do.
    public static func bytes(_ path: String) throws -> [UInt8] {
        guard let file = gzopen(path, "rb") else { throw Unreadable(path: path) }
        defer { gzclose(file) }
        var (bytes, part) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
        while true {
            let count = gzread(file, &part, UInt32(part.count))
            if count < 0 { throw Unreadable(path: path) }
            if count == 0 { return bytes }
            bytes += part[..<Int(count)]
        }
    }
}
