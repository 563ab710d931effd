import CZip
import Foundation
import Values

/// A zip file whose entries are read as streams; what expands without measure is refused while it is read.
final class ZipArchive {
    /// The most that one entry may expand to, in bytes.
    static let largestEntry: Int64 = 4 << 30
    /// How often its size an entry may expand to, once it is larger than `suspiciousFrom`: spreadsheets reach 40.
    static let largestRatio: Int64 = 200
    static let suspiciousFrom: Int64 = 32 << 20

    private let archive: OpaquePointer
    /// The number of entries.
    let count: Int

    /// Opens an archive of at most so many entries. Throws a `Problem` for a file that is none or is damaged.
    init(_ path: String, most: Int = 10_000) throws {
        try ZipDirectory.check(path, most: most)
        var code: Int32 = 0
        guard let opened = zip_open(path, ZIP_RDONLY, &code) else { throw ZipArchive.damaged }
        archive = opened
        count = Int(zip_get_num_entries(opened, 0))
        guard count <= most else { throw ZipArchive.bomb }
    }

    deinit { zip_discard(archive) }

    /// Whether there is an entry of that name.
    func has(_ name: String) -> Bool { position(name) >= 0 }

    private func position(_ name: String) -> zip_int64_t {
        zip_name_locate(archive, name, zip_flags_t(ZIP_FL_NOCASE) | zip_flags_t(ZIP_FL_ENC_GUESS))
    }

    /// The names of all entries, in their order. Where they are no UTF-8 they are in the encoding of Windows in China.
    private(set) lazy var names: [String] = {
        let decoder = GB18030Decoder()
        return (0..<count).map { index in
            guard let raw = zip_get_name(archive, zip_uint64_t(index), zip_flags_t(ZIP_FL_ENC_RAW)) else { return "" }
            if let text = String(validatingCString: raw) { return text }
            let bytes = UnsafeBufferPointer(start: UnsafePointer<UInt8>(OpaquePointer(raw)), count: strlen(raw))
            var isExact = true
            return decoder.text(bytes, isExact: &isExact)
        }
    }()
    private lazy var places = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }

    /// Opens an entry whatever the case of its name; nil when there is none.
    func open(_ name: String) throws -> ZipEntry? { try open(at: position(name)) }

    /// Opens the entry of one of these `names`, exactly as written; nil when there is none. It is found at once, however
    /// many there are.
    func entry(_ name: String) throws -> ZipEntry? { try open(at: places[name].map { zip_int64_t($0) } ?? -1) }

    private func open(at index: zip_int64_t) throws -> ZipEntry? {
        guard index >= 0 else { return nil }
        var stat = zip_stat_t()
        zip_stat_init(&stat)
        guard zip_stat_index(archive, zip_uint64_t(index), 0, &stat) == 0 else { throw ZipArchive.damaged }
        if stat.encryption_method != 0 { throw ZipArchive.encrypted }
        guard let file = zip_fopen_index(archive, zip_uint64_t(index), 0) else { throw ZipArchive.damaged }
        return ZipEntry(file, packed: Int64(stat.comp_size))
    }

    static let damaged = Problem.malformed(
        "damaged_file",
        Label(
            "The file is damaged or did not arrive whole. Save it again and upload it once more.",
            zh: "文件已损坏或未完整上传，请重新保存后再上传。"
        )
    )

    static let encrypted = Problem(
        .unsupported,
        "encrypted_file",
        Label("The file is protected by a password. Remove it and upload the file again.", zh: "文件设有密码，请取消密码后再上传。")
    )

    static let bomb = Problem(
        .tooLarge,
        "expands_too_much",
        Label(
            "The file expands to far more than a real workbook does, so it is not read.",
            zh: "文件解压后异常庞大，不像正常的表格文件，已停止读取。"
        )
    )
}

/// An entry of an archive while it is read.
final class ZipEntry {
    private let file: OpaquePointer
    private let packed: Int64
    private var total: Int64 = 0

    fileprivate init(_ file: OpaquePointer, packed: Int64) {
        self.file = file
        self.packed = packed
    }

    deinit { zip_fclose(file) }

    /// Fills the buffer with the next bytes; the answer is how many, 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = zip_fread(file, buffer.baseAddress, zip_uint64_t(buffer.count))
        guard count >= 0 else { throw ZipArchive.damaged }
        total += count
        let isSuspicious = total > ZipArchive.suspiciousFrom && total / ZipArchive.largestRatio > packed
        if isSuspicious || total > ZipArchive.largestEntry { throw ZipArchive.bomb }
        return Int(count)
    }

    /// Unpacks the entry into a file. False when it is longer than `most` bytes: what was written is of no use then.
    func write(to path: String, most: Int64 = .max) throws -> Bool {
        let file = try madeFile(path)
        defer { try? file.close() }
        var part = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = try part.withUnsafeMutableBytes { try read(into: $0) }
            if count == 0 { return true }
            if total > most { return false }
            try file.write(contentsOf: part[..<count])
        }
    }
}
