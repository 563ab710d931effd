import Dispatch
import Glibc
import Synchronization
import Values

/// A file read or written in portions; it closes itself.
final class ByteFile {
    private let descriptor: Int32
    private let path: String
    static let portion = 256 * 1024

    /// Opens a file to be read.
    init(reading path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Problem.cannotRead(path) }
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    }

    /// Makes a file that only its owner can read; one that exists is emptied.
    init(writing path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Problem.cannotWrite(path, errno) }
    }

    deinit { close(descriptor) }

    /// How many bytes it has.
    var size: Int64 {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int64(status.st_size) : 0
    }

    /// The next bytes, at most `limit`; empty at the end.
    func read(upTo limit: Int = ByteFile.portion) throws -> [UInt8] {
        var failure = false
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            while count < limit, let start = buffer.baseAddress {
                let got = Glibc.read(descriptor, start + count, limit - count)
                if got < 0, errno == EINTR { continue }
                failure = got < 0
                if got <= 0 { return }
                count += got
            }
        }
        if failure { throw Problem.cannotRead(path) }
        return bytes
    }

    /// Adds bytes.
    func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count, let start = bytes.baseAddress {
                let count = Glibc.write(descriptor, start + done, bytes.count - done)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw Problem.cannotWrite(path, errno) }
                done += count
            }
        }
    }

    /// Waits until all of it is on disk.
    func flush() throws { guard fsync(descriptor) == 0 else { throw Problem.cannotWrite(path, errno) } }

    /// Waits until the names in a folder are on disk.
    static func flush(folder: String) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    /// Gives a file its name, for good once this returns; what had the name before is gone.
    static func move(_ source: String, to target: String) throws {
        guard rename(source, target) == 0 else { throw Problem.cannotWrite(target, errno) }
        flush(folder: parent(of: target))
    }

    /// The folder that a path lies in.
    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Writes a small file whole or not at all.
    static func write(_ text: String, to path: String) throws {
        let half = path + ".part"
        do {
            let file = try ByteFile(writing: half)
            try file.write(Array(text.utf8))
            try file.flush()
        }
        try move(half, to: path)
    }
}

extension Problem {
    static func cannotRead(_ path: String) -> Problem {
        Problem(
            .unavailable,
            "cannot_read",
            Label(
                "\(path) cannot be read. Check that it exists and who may read it.",
                zh: "无法读取 \(path)，请确认文件存在且有读取权限。"
            )
        )
    }

    static func cannotWrite(_ path: String, _ code: Int32) -> Problem {
        if code == ENOSPC || code == EDQUOT || code == EFBIG {
            return Problem(
                .unavailable,
                "disk_full",
                Label("The disk is full: \(path) was not written. Free some space.", zh: "磁盘已满，无法写入 \(path)，请清理磁盘空间。")
            )
        }
        let reason = String(cString: strerror(code))
        return Problem(
            .unavailable,
            "cannot_write",
            Label(
                "\(path) cannot be written (\(reason)). Choose another place or change its rights.",
                zh: "无法写入 \(path)（\(reason)），请更换位置或调整权限。"
            )
        )
    }
}

/// Work that blocks, on a thread of its own; a cancelled task asks it to stop.
enum Blocking {
    private static let queue = DispatchQueue(label: "kehu.operations", qos: .utility, attributes: .concurrent)

    static func run<Result: Sendable>(_ body: @escaping @Sendable (StopFlag) throws -> Result) async throws -> Result {
        let flag = StopFlag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                queue.async { continuation.resume(with: Swift.Result { try body(flag) }) }
            }
        } onCancel: {
            flag.raise()
        }
    }

    /// Waits for what is not to be had otherwise; only on a thread of `run`.
    static func wait<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
        let (answer, isThere) = (Answer<Value>(), DispatchSemaphore(value: 0))
        Task {
            await answer.take(body)
            isThere.signal()
        }
        isThere.wait()
        return try answer.get()
    }

    /// What comes of work that is waited for.
    private final class Answer<Value: Sendable>: Sendable {
        private let result = Mutex<Result<Value, any Error>?>(nil)

        func take(_ body: @Sendable () async throws -> Value) async {
            let found: Result<Value, any Error>
            do { found = .success(try await body()) } catch { found = .failure(error) }
            result.withLock { $0 = found }
        }

        func get() throws -> Value {
            guard let result = result.withLock({ $0 }) else { throw CancellationError() }
            return try result.get()
        }
    }
}

/// Says that work is to stop.
final class StopFlag: Sendable {
    private let isRaised = Atomic(false)

    func raise() { isRaised.store(true, ordering: .relaxed) }

    func check() throws { if isRaised.load(ordering: .relaxed) { throw CancellationError() } }
}
