import Foundation
import Values

/// Writes an archive: a compressed tar file, in the clear or sealed.
final class ArchiveWriter {
    private let sink: ArchiveSink
    private let now: Int64

    init(_ path: String, passphrase: String?, at moment: Instant) throws {
        sink = try ArchiveSink(path, passphrase: passphrase)
        now = moment.milliseconds / 1000
    }

    /// Adds a file from disk; one that grows meanwhile is taken as long as it was at the beginning.
    func add(_ name: String, contentsOf path: String, _ flag: StopFlag) throws -> ArchivePart {
        let file = try ByteFile(reading: path)
        let size = file.size
        try sink.write(Tar.header(name, size: size, at: now))
        var (digest, left) = (Digest(), size)
        while left > 0 {
            try flag.check()
            let bytes = try file.read(upTo: Int(min(left, Int64(ByteFile.portion))))
            guard !bytes.isEmpty else { throw Problem.cannotRead(path) }
            digest.add(bytes)
            try sink.write(bytes)
            left -= Int64(bytes.count)
        }
        try sink.write(Tar.padding(after: size))
        return ArchivePart(name: name, size: size, hash: digest.text())
    }

    /// Adds a file of the workspace as it is found. Where it cannot be read, or ends too early, zeros stand for what is
    /// missing, and it is not whole: the archive goes on.
    func add(_ name: String, asFound file: ByteFile, _ flag: StopFlag) throws -> (part: ArchivePart, isWhole: Bool) {
        let size = file.size
        try sink.write(Tar.header(name, size: size, at: now))
        var (digest, left, isWhole) = (Digest(), size, true)
        while left > 0 {
            try flag.check()
            let wanted = Int(min(left, Int64(ByteFile.portion)))
            var bytes = isWhole ? (try? file.read(upTo: wanted)) ?? [] : []
            if bytes.count < wanted {
                isWhole = false
                bytes += [UInt8](repeating: 0, count: wanted - bytes.count)
            }
            digest.add(bytes)
            try sink.write(bytes)
            left -= Int64(wanted)
        }
        try sink.write(Tar.padding(after: size))
        return (ArchivePart(name: name, size: size, hash: digest.text()), isWhole)
    }

    /// Adds a small text.
    func add(_ name: String, text: String) throws {
        let bytes = Array(text.utf8)
        try sink.write(Tar.header(name, size: Int64(bytes.count), at: now))
        try sink.write(bytes + Tar.padding(after: Int64(bytes.count)))
    }

    /// Ends the archive; it is on disk when this returns.
    func finish() throws {
        try sink.write([UInt8](repeating: 0, count: 2 * Tar.block))
        try sink.finish()
    }
}

/// Reads an archive from beginning to end.
final class ArchiveReader {
    private let source: ArchiveSource
    private var padding = 0

    init(_ path: String, passphrase: String?) throws { source = try ArchiveSource(path, passphrase: passphrase) }

    /// The name and size of the next part, which must then be read; nil at the end.
    func next() throws -> (name: String, size: Int64)? {
        let header = try source.read(Tar.block)
        if header.allSatisfy({ $0 == 0 }) { return nil }
        guard let entry = Tar.entry(header) else {
            throw Problem(
                .invalid,
                "no_archive",
                Label("This is no archive of Kehu, or it is damaged.", zh: "该文件不是客户系统的备份，或已损坏。")
            )
        }
        padding = Tar.padding(after: entry.size).count
        return entry
    }

    /// The text of a small part.
    func text(_ size: Int64) throws -> [UInt8] {
        // A manifest of a million files is about 150 MB; nothing that is read whole is larger.
        guard size <= 512 * 1024 * 1024 else { throw Problem.archiveDamaged }
        let bytes = try source.read(Int(size))
        try skipPadding()
        return bytes
    }

    /// Nothing but zeros fills a block up.
    private func skipPadding() throws {
        guard try source.read(padding).allSatisfy({ $0 == 0 }) else { throw Problem.archiveDamaged }
    }

    /// Throws unless the end comes here: a second empty block, and nothing behind it.
    func finish() throws {
        guard try source.read(Tar.block).allSatisfy({ $0 == 0 }) else { throw Problem.archiveDamaged }
        try source.finish()
    }

    /// Writes a part to disk; the answer is the hash of its bytes.
    func save(_ size: Int64, to path: String, _ flag: StopFlag) throws -> String {
        let file = try ByteFile(writing: path)
        var (digest, left) = (Digest(), size)
        while left > 0 {
            try flag.check()
            let bytes = try source.read(Int(min(left, Int64(ByteFile.portion))))
            digest.add(bytes)
            try file.write(bytes)
            left -= Int64(bytes.count)
        }
        try skipPadding()
        try file.flush()
        return digest.text()
    }
}

/// The ustar form: any `tar` can list and unpack an archive that is not sealed.
enum Tar {
    static let block = 512

    static func header(_ name: String, size: Int64, at time: Int64) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: block)
        func put(_ text: String, at offset: Int) {
            for (index, byte) in text.utf8.enumerated() { bytes[offset + index] = byte }
        }
        guard name.utf8.count <= 100 else { throw Problem.cannotRead(name) }
        put(name, at: 0)
        put("0000600", at: 100)
        put("0000000", at: 108)
        put("0000000", at: 116)
        if size < 0o77777777777 {
            put(octal(size, 11), at: 124)
        } else {
            // Base 256, for files of 8 GiB and more.
            bytes[124] = 0x80
            for index in 0..<8 { bytes[135 - index] = UInt8(truncatingIfNeeded: size >> Int64(8 * index)) }
        }
        put(octal(time, 11), at: 136)
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar", at: 257)
        put("00", at: 263)
        let sum = bytes.reduce(Int64(0)) { $0 + Int64($1) }
        put(octal(sum, 6) + "\0 ", at: 148)
        return bytes
    }

    static func padding(after size: Int64) -> [UInt8] {
        [UInt8](repeating: 0, count: (block - Int(size % Int64(block))) % block)
    }

    /// Name and size; nil for what is no header.
    static func entry(_ bytes: [UInt8]) -> (name: String, size: Int64)? {
        guard bytes.count == block, Array(bytes[257..<262]) == Array("ustar".utf8), bytes[156] == 0x30 else {
            return nil
        }
        var sum: Int64 = 0
        for (index, byte) in bytes.enumerated() { sum += (148..<156).contains(index) ? 0x20 : Int64(byte) }
        guard number(bytes[148..<154]) == sum else { return nil }
        let name = String(decoding: bytes[0..<100].prefix { $0 != 0 }, as: UTF8.self)
        var size: Int64 = 0
        if bytes[124] & 0x80 != 0 {
            guard bytes[128] & 0x80 == 0 else { return nil }
            for index in 128..<136 { size = size << 8 | Int64(bytes[index]) }
        } else {
            guard let value = number(bytes[124..<135]) else { return nil }
            size = value
        }
        return isSafe(name) ? (name, size) : nil
    }

    /// A relative path that stays inside the folder it is unpacked to.
    static func isSafe(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix("/")
            && name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
                $0 != "" && $0 != "." && $0 != ".."
            }
    }

    private static func octal(_ value: Int64, _ width: Int) -> String {
        let text = String(max(0, value), radix: 8)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        Int64(String(decoding: digits.prefix { $0 != 0 && $0 != 0x20 }, as: UTF8.self), radix: 8)
    }
}
