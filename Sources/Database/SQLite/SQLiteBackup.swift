import Dispatch
import GRDB
import Glibc
import Synchronization

/// Copies a database while others read and write: one moment's pages, a few at a time, on a thread of its own.
enum SQLiteBackup {
    private static let queue = DispatchQueue(label: "kehu.backup", qos: .utility)
    private static let pages: CInt = 512

    static func run(from pool: DatabasePool, to path: String) async throws {
        let box = Stop()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                queue.async {
                    continuation.resume(with: Result { try copy(pool, to: path, box) })
                }
            }
        } onCancel: {
            box.isRaised.store(true, ordering: .relaxed)
        }
    }

    private static func copy(_ pool: DatabasePool, to path: String, _ stop: Stop) throws {
        do {
            let target = try DatabaseQueue(path: path)
            defer { try? target.close() }
            try pool.backup(to: target, pagesPerStep: pages) { progress in
                if stop.isRaised.load(ordering: .relaxed) { throw CancellationError() }
                // The disk belongs first to those who wait for their writes.
                if !progress.isCompleted { usleep(500) }
            }
        } catch let error as DatabaseError {
            throw StorageFailure(code: error.extendedResultCode.rawValue, message: error.message ?? "", sql: "backup")
        }
    }

    private final class Stop: Sendable { let isRaised = Atomic(false) }
}
