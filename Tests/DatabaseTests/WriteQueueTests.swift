import Dispatch
import Foundation
import SQLText
import Synchronization
import TestSupport
import Testing
import Values

@testable import Database

/// Who writes when.
@Suite struct WriteQueueTests {
    @Test func `while patient writes are held the others go on, and none of them is lost`() async throws {
        let order = Order()
        let thread = DispatchQueue(label: "writer")
        let queue = WriteQueue(log: QueryLog()) { queue in
            thread.async {
                while queue.commitNext({ group in
                    order.begin(group.allSatisfy(\.isPatient) ? "patient" : "person")
                    if order.count == 1 { order.firstMayEnd.wait() }
                    order.end()
                    return nil
                }) {}
            }
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await queue.write(patient: true) { _ in } }
            while order.count == 0 { try? await Task.sleep(for: .milliseconds(1)) }
            DispatchQueue.global().asyncAfter(deadline: .now() + 0.05) { order.firstMayEnd.signal() }
            queue.hold()
            // The one that ran has ended.
            #expect(order.ended == 1)
            group.addTask { try? await queue.write(patient: true) { _ in } }
            for _ in 0..<3 { try? await queue.write { _ in } }
            #expect(order.all == ["patient", "person", "person", "person"])
            queue.release()
            queue.wake()
            await group.waitForAll()
        }
        #expect(order.all.last == "patient")
        #expect(order.all.count == 5)
    }

    @Test func `beside people and other work the log of SQLite is moved into the file`() async throws {
        let database = try await TestDatabase.make(.sqlite)
        try await database.write { try $0.script("CREATE TABLE t (a INTEGER PRIMARY KEY, b BLOB)") }
        // More than twice as many pages as make the log long enough to be moved.
        let patient = Task {
            for _ in 0..<80 {
                try await database.write(patient: true) { connection in
                    for _ in 0..<500 { try connection.run("INSERT INTO t (b) VALUES (zeroblob(4000))") }
                }
            }
        }
        for _ in 0..<40 {
            try await database.write { _ = try $0.run("INSERT INTO t (b) VALUES (NULL)") }
            try await Task.sleep(for: .milliseconds(5))
        }
        try await patient.value
        #expect(try await database.read { try $0.value("SELECT count(*) FROM t").integer } == 40_040)
        // Half of them at least are in the file before anybody closes it: whoever writes keeps it going.
        func size() throws -> Int {
            try FileManager.default.attributesOfItem(atPath: database.path)[.size] as? Int ?? 0
        }
        for _ in 0..<1000 where try size() < 20_000 * 4096 {
            try await database.write { _ = try $0.run("INSERT INTO t (b) VALUES (NULL)") }
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try size() >= 20_000 * 4096)
    }

    @Test func `of a file of any size all is written back, in few parts`() {
        for size: Int64 in [0, 1, 4096, 64 << 20, 64 << 20 + 1, 700_000_003, 30 << 30] {
            let parts = WriteBack.parts(of: size)
            #expect(parts.reduce(0) { $0 + Int64($1.count) } == size)
            #expect(zip(parts, parts.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
            #expect(parts.count <= 321)
            #expect(parts.last.map { $0.count <= 1 << 20 } ?? (size == 0))
        }
    }
}

private final class Order: Sendable {
    private let began = Mutex<[String]>([])
    private let done = Mutex(0)
    let firstMayEnd = DispatchSemaphore(value: 0)

    var all: [String] { began.withLock { $0 } }
    var count: Int { all.count }
    var ended: Int { done.withLock { $0 } }

    func begin(_ who: String) { began.withLock { $0.append(who) } }
    func end() { done.withLock { $0 += 1 } }
}
