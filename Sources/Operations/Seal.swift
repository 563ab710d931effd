import CSodium
import Values

/// Encryption of an archive under a passphrase: a key by argon2id, then libsodium's secretstream in portions of
/// 64 KiB, so that an altered, shortened or reordered file is noticed.
enum Seal {
    static let magic = Array("KEHU sealed 1\n".utf8)
    static let portion = 64 * 1024
    static let overhead = Int(crypto_secretstream_xchacha20poly1305_abytes())
    static let headerLength = Int(crypto_secretstream_xchacha20poly1305_headerbytes())
    static let saltLength = 16
    /// Three passes over 256 MiB: libsodium's «moderate».
    private static let passes: UInt64 = 3
    private static let memory = 256 * 1024 * 1024

    static func key(_ passphrase: String, salt: [UInt8]) throws -> [UInt8] {
        guard sodium_init() >= 0 else { throw noMemory }
        var key = [UInt8](repeating: 0, count: Int(crypto_secretstream_xchacha20poly1305_keybytes()))
        let bytes = Array(passphrase.utf8).map { CChar(bitPattern: $0) }
        let code = crypto_pwhash(
            &key,
            UInt64(key.count),
            bytes,
            UInt64(bytes.count),
            salt,
            passes,
            memory,
            crypto_pwhash_ALG_ARGON2ID13
        )
        guard code == 0 else { throw noMemory }
        return key
    }

    private static let noMemory = Problem(
        .unavailable,
        "no_memory",
        Label("Encryption needs 256 MB of memory, which are not free.", zh: "加密需要 256 MB 可用内存，请释放内存后重试。")
    )
}

/// Writes a compressed file, in the clear or sealed.
final class ArchiveSink {
    private let file: ByteFile
    private let compressor: Compressor
    private var state: crypto_secretstream_xchacha20poly1305_state?
    private var waiting: [UInt8] = []

    init(_ path: String, passphrase: String?) throws {
        file = try ByteFile(writing: path)
        compressor = try Compressor()
        guard let passphrase else { return }
        var salt = [UInt8](repeating: 0, count: Seal.saltLength)
        randombytes_buf(&salt, salt.count)
        let key = try Seal.key(passphrase, salt: salt)
        var (header, state) = (
            [UInt8](repeating: 0, count: Seal.headerLength), crypto_secretstream_xchacha20poly1305_state()
        )
        crypto_secretstream_xchacha20poly1305_init_push(&state, &header, key)
        self.state = state
        try file.write(Seal.magic + salt + header)
    }

    func write(_ bytes: [UInt8]) throws { try put(try compressor.add(bytes)) }

    private func put(_ bytes: [UInt8]) throws {
        guard state != nil else { return try file.write(bytes) }
        waiting += bytes
        var start = 0
        while waiting.count - start > Seal.portion {
            try push(Array(waiting[start..<(start + Seal.portion)]), isLast: false)
            start += Seal.portion
        }
        waiting.removeFirst(start)
    }

    func finish() throws {
        try put(try compressor.add([], isLast: true))
        if state != nil { try push(waiting, isLast: true) }
        try file.flush()
    }

    private func push(_ bytes: [UInt8], isLast: Bool) throws {
        guard var state else { return }
        var sealed = [UInt8](repeating: 0, count: bytes.count + Seal.overhead)
        let tag =
            isLast
            ? crypto_secretstream_xchacha20poly1305_tag_final() : crypto_secretstream_xchacha20poly1305_tag_message()
        crypto_secretstream_xchacha20poly1305_push(
            &state,
            &sealed,
            nil,
            bytes,
            UInt64(bytes.count),
            nil,
            0,
            tag
        )
        self.state = state
        try file.write(sealed)
    }
}

/// Reads a file that `ArchiveSink` wrote, or a former version, which did not compress.
final class ArchiveSource {
    /// Whether it is encrypted.
    let isSealed: Bool
    private let file: ByteFile
    private var state: crypto_secretstream_xchacha20poly1305_state?
    private var ready: ArraySlice<UInt8> = []
    private var isAtEnd = false
    private var decompressor: Decompressor?

    init(_ path: String, passphrase: String?) throws {
        file = try ByteFile(reading: path)
        let start = try file.read(upTo: Seal.magic.count)
        isSealed = start == Seal.magic
        guard isSealed else {
            ready = start[...]
            try decompress()
            return
        }
        guard let passphrase else {
            throw Problem(
                .invalid,
                "passphrase_needed",
                Label(
                    "This archive is encrypted. Give its passphrase: --passphrase-file FILE.",
                    zh: "备份文件已加密，请用 --passphrase-file 指定口令文件。"
                )
            )
        }
        let rest = try file.read(upTo: Seal.saltLength + Seal.headerLength)
        guard rest.count == Seal.saltLength + Seal.headerLength else { throw Problem.archiveDamaged }
        let key = try Seal.key(passphrase, salt: Array(rest.prefix(Seal.saltLength)))
        var state = crypto_secretstream_xchacha20poly1305_state()
        let code = crypto_secretstream_xchacha20poly1305_init_pull(&state, Array(rest.dropFirst(Seal.saltLength)), key)
        guard code == 0 else { throw Problem.archiveDamaged }
        self.state = state
        // The first portion tells whether the passphrase is right.
        do {
            ready = try pull()[...]
        } catch {
            throw Problem(
                .invalid,
                "wrong_passphrase",
                Label(
                    "The passphrase is wrong, or the beginning of the archive is damaged.",
                    zh: "口令不正确，或备份文件开头已损坏。"
                )
            )
        }
        try decompress()
    }

    /// What was read so far tells whether the rest is compressed.
    private func decompress() throws {
        guard ready.starts(with: Zstandard.magic) else { return }
        guard ready.starts(with: Zstandard.head) else { throw Problem.archiveDamaged }
        let (first, decompressor) = (Array(ready), try Decompressor())
        var isFirst = true
        ready = try decompressor.next {
            defer { isFirst = false }
            return isFirst ? first : try raw()
        }[...]
        self.decompressor = decompressor
    }

    /// Throws unless everything was read.
    func finish() throws {
        guard ready.isEmpty, try !fill(), state == nil || isAtEnd else { throw Problem.archiveDamaged }
    }

    /// Exactly so many bytes; fewer is damage.
    func read(_ count: Int) throws -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count)
        while result.count < count {
            if ready.isEmpty {
                guard try fill() else { throw Problem.archiveDamaged }
            }
            let part = ready.prefix(count - result.count)
            result += part
            ready = ready.dropFirst(part.count)
        }
        return result
    }

    private func fill() throws -> Bool {
        let bytes = try decompressor?.next { try raw() } ?? raw()
        ready = bytes[...]
        return !bytes.isEmpty
    }

    /// The next bytes as they were before they were sealed; empty at the end.
    private func raw() throws -> [UInt8] {
        guard state != nil else { return try file.read() }
        if isAtEnd {
            guard try file.read(upTo: 1).isEmpty else { throw Problem.archiveDamaged }
            return []
        }
        let bytes = try pull()
        return bytes.isEmpty ? try raw() : bytes
    }

    private func pull() throws -> [UInt8] {
        guard var state else { return [] }
        let sealed = try file.read(upTo: Seal.portion + Seal.overhead)
        guard sealed.count >= Seal.overhead else { throw Problem.archiveDamaged }
        var bytes = [UInt8](repeating: 0, count: sealed.count - Seal.overhead)
        var tag: UInt8 = 0
        let code = crypto_secretstream_xchacha20poly1305_pull(
            &state,
            &bytes,
            nil,
            &tag,
            sealed,
            UInt64(sealed.count),
            nil,
            0
        )
        guard code == 0 else { throw Problem.archiveDamaged }
        self.state = state
        isAtEnd = tag == crypto_secretstream_xchacha20poly1305_tag_final()
        return bytes
    }
}

extension Problem {
    /// The same with the part in which it showed.
    static func archiveDamaged(in part: String) -> Problem {
        Problem(
            .invalid,
            "archive_damaged",
            Label(
                "The archive is damaged in «\(part)». Nothing was changed; take another archive.",
                zh: "备份文件中的“\(part)”已损坏，未做任何更改，请换一个备份文件。"
            )
        )
    }

    static let archiveDamaged = Problem(
        .invalid,
        "archive_damaged",
        Label(
            "The archive is damaged or incomplete. Nothing was changed; take another archive.",
            zh: "备份文件已损坏或不完整，未做任何更改，请换一个备份文件。"
        )
    )
}
