import Foundation
import Synchronization
import Testing

@testable import Database

/// Where reads of SQLite run.
@Suite struct ReadQueueTests {
    @Test func `a brief read runs where it is asked for, while nobody else reads`() throws {
        let queue = ReadQueue(limit: 4)
        let asking = pthread_self()
        let isSame = try queue.readHere { pthread_equal(pthread_self(), asking) != 0 }
        #expect(isSame == true)
        let second = try queue.readHere { try queue.readHere { true } }
        #expect(second == .some(.none))
        #expect(throws: CancellationError.self) { try queue.readHere { throw CancellationError() } }
        // The place was given back.
        #expect(try queue.readHere { true } == true)
    }

    @Test func `reads that came while a brief one ran are begun when it ends`() async throws {
        final class Ended: Sendable { let count = Mutex(0) }
        let queue = ReadQueue(limit: 2)
        let release = DispatchSemaphore(value: 0)
        let ended = Ended()
        let reads = try queue.readHere {
            let reads = (0..<3).map { _ in
                Task {
                    try await queue.read {
                        release.wait()
                        ended.count.withLock { $0 += 1 }
                    }
                }
            }
            // One of them runs; those that cannot wait for a place.
            Thread.sleep(forTimeInterval: 0.1)
            return reads
        }
        for _ in 0..<3 { release.signal() }
        for read in try #require(reads) { try await read.value }
        #expect(ended.count.withLock { $0 } == 3)
    }
}
