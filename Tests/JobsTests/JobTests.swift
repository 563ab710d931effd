import Database
import SQLText
import Synchronization
import TestSupport
import Testing
import Values

@testable import Jobs

/// A clock that is moved by hand.
final class HandClock: Sendable {
    private let time = Mutex(Instant("2026-03-02T00:00:00Z") ?? Instant(milliseconds: 0))
    var now: Instant { time.withLock { $0 } }
    var clock: Clock { Clock { self.now } }
    func move(seconds: Int64) { time.withLock { $0 = $0.adding(milliseconds: seconds * 1000) } }
}

/// Counts what jobs did.
final class Tally: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add() { count.withLock { $0 += 1 } }
}

struct Broken: Error {}

@Suite struct JobTests {
    let time = HandClock()
    let tally = Tally()

    private func queue(_ kinds: [JobKind]) async throws -> JobQueue {
        let database = try await TestDatabase.make()
        try await database.write { for statement in JobTables.statements { try $0.script(statement) } }
        return JobQueue(database, kinds: kinds, ids: IDSource(clock: time.clock), clock: time.clock) {
            "Asia/Shanghai"
        }
    }

    private func kind(_ name: String = "count", attempts: Int = 3, schedule: Schedule? = nil) -> JobKind {
        let tally = tally
        return JobKind(name, label: Label("Count", zh: "计数"), attempts: attempts, schedule: schedule) { _ in
            tally.add()
            return .done("counted")
        }
    }

    @Test func `a job exists only if the transaction that asked for it was kept`() async throws {
        let queue = try await queue([kind()])
        _ = try await queue.database.write { try queue.enqueue("count", on: $0) }
        await #expect(throws: Broken.self) {
            try await queue.database.write { connection in
                try queue.enqueue("count", on: connection)
                throw Broken()
            }
        }
        let worker = JobWorker(queue)
        while try await worker.step() {}
        #expect(tally.value == 1)
        let job = try await queue.database.read { try queue.list(on: $0) }.first
        #expect(job?.state == .done && job?.result == "counted")
    }

    @Test func `a job of the same key is not enqueued twice while it waits`() async throws {
        let queue = try await queue([kind()])
        let ids = try await queue.database.write { connection in
            [
                try queue.enqueue("count", key: "a", on: connection),
                try queue.enqueue("count", key: "a", on: connection),
            ]
        }
        #expect(ids[0] != nil && ids[1] == nil)
    }

    @Test func `a job that has ended and says that somebody must look is dead at once`() async throws {
        let tally = tally
        let queue = try await queue([
            JobKind("look", label: Label("Look", zh: "查看")) { _ in
                tally.add()
                return .failed("two files are missing")
            }
        ])
        _ = try await queue.database.write { try queue.enqueue("look", on: $0) }
        let worker = JobWorker(queue)
        while try await worker.step() {}
        let dead = try await queue.database.read { try queue.list(state: .dead, on: $0) }
        #expect(tally.value == 1 && dead.map(\.error) == ["two files are missing"])
    }

    @Test func `a job that fails is tried later and later, then it is dead with its error, and can be run again`()
        async throws
    {
        let tally = tally
        let failing = JobKind("fail", label: Label("Fail", zh: "失败"), attempts: 3) { _ in
            tally.add()
            throw Problem(.unavailable, "away", Label("The printer is away.", zh: "打印机不在线。"))
        }
        let queue = try await queue([failing])
        let id = try await queue.database.write { try queue.enqueue("fail", on: $0) }
        let worker = JobWorker(queue)
        for pause: Int64 in [0, 9, 1, 39, 1] {
            time.move(seconds: pause)
            while try await worker.step() {}
        }
        #expect(tally.value == 3)
        let job = try await queue.database.read { try queue.list(state: .dead, on: $0) }.first
        #expect(job?.error?.contains("The printer is away.") == true)
        let wanted = try #require(id)
        #expect(try await queue.database.write { try queue.again(wanted, on: $0) })
        while try await worker.step() {}
        #expect(tally.value == 4)
    }

    @Test func `work in batches goes on where it was`() async throws {
        let tally = tally
        let batches = JobKind("batches", label: Label("Batches", zh: "分批"), attempts: 2) { job in
            tally.add()
            let done = job.payload["done"]?.integer ?? 0
            return done == 9 ? .done() : .more(.object([.init(key: "done", value: .number(String(done + 1)))]))
        }
        let queue = try await queue([batches])
        _ = try await queue.database.write { try queue.enqueue("batches", on: $0) }
        let worker = JobWorker(queue)
        while try await worker.step() {}
        #expect(tally.value == 10)
    }

    @Test func `a worker knows how long nothing will be due`() async throws {
        let queue = try await queue([kind(schedule: .every(seconds: 3600)), kind("other")])
        let worker = JobWorker(queue)
        func wait() async throws -> Int64 { try await queue.database.read { try queue.untilDue(on: $0) } }
        #expect(try await wait() == 0, "the plan is not made yet")
        while try await worker.step() {}
        #expect(try await wait() == 3_600_000)
        let due = time.now.adding(milliseconds: 5000)
        _ = try await queue.database.write { try queue.enqueue("other", at: due, on: $0) }
        #expect(try await wait() == 5000)
        time.move(seconds: 5)
        #expect(try await wait() == 0)
        while try await worker.step() {}
        #expect(try await wait() == 3_595_000)
        // Nobody here can do what only a newer program knows.
        _ = try await queue.database.write { try queue.enqueue("unknown", on: $0) }
        #expect(try await wait() == 3_595_000)
    }

    @Test func `two workers run a recurring job once each time`() async throws {
        let queue = try await queue([kind(schedule: .every(seconds: 60))])
        let workers = [JobWorker(queue), JobWorker(queue)]
        for _ in 0..<5 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in workers { group.addTask { while try await worker.step() {} } }
                try await group.waitForAll()
            }
            time.move(seconds: 60)
        }
        #expect(tally.value == 4)
        let plan = try await queue.database.read { try queue.plans(on: $0) }.first
        #expect(plan?.lastResult == "counted")
    }

    @Test func `a job whose process died is taken over when its lease has ended`() async throws {
        let queue = try await queue([kind()])
        try await queue.database.write { connection in
            try queue.enqueue("count", on: connection)
            try connection.run(
                """
                UPDATE sys_job SET state = 'running', tries = 1, lease = 7,
                due_at = \(time.now.adding(milliseconds: 60_000))
                """
            )
        }
        let worker = JobWorker(queue)
        #expect(try await !worker.step())
        time.move(seconds: 61)
        #expect(try await worker.step())
        #expect(tally.value == 1)
    }

    @Test func `a job that runs on a machine whose clock is some seconds ahead is left to it`() async throws {
        let queue = try await queue([kind(schedule: .every(seconds: 3600))])
        let worker = JobWorker(queue)
        while try await worker.step() {}
        try await queue.database.write { connection in
            try queue.enqueue("count", on: connection)
            let until = time.now.adding(milliseconds: 75_000)
            try connection.run("UPDATE sys_job SET state = 'running', tries = 1, lease = 7, due_at = \(until)")
        }
        let due = try await queue.database.read { try queue.untilDue(on: $0) }
        #expect(due > 0)
        // Recurring work is due, so that the worker looks at leases, too.
        time.move(seconds: 10)
        try await queue.database.write { try queue.plan(on: $0) }
        #expect(try await !worker.step())
        time.move(seconds: 66)
        #expect(try await worker.step())
        // After the clock was set back by an hour nobody waits for so long.
        try await queue.database.write { connection in
            try queue.enqueue("count", on: connection)
            let until = time.now.adding(milliseconds: 3_600_000)
            try connection.run(
                "UPDATE sys_job SET state = 'running', tries = 1, lease = 7, due_at = \(until) WHERE state = 'ready'"
            )
            try queue.plan(on: connection)
        }
        #expect(try await worker.step())
    }

    @Test func `a job that ends the program each time is dead in the end`() async throws {
        let queue = try await queue([kind(attempts: 3)])
        try await queue.database.write { connection in
            try queue.enqueue("count", on: connection)
            try connection.run("UPDATE sys_job SET state = 'running', tries = 3, lease = 7")
        }
        let worker = JobWorker(queue)
        while try await worker.step() {}
        #expect(tally.value == 0)
        let dead = try await queue.database.read { try queue.list(state: .dead, on: $0) }
        #expect(dead.count == 1)
    }

    @Test func `a clock that is set back does not put a recurring job off`() async throws {
        let queue = try await queue([kind(schedule: .every(seconds: 60))])
        let worker = JobWorker(queue)
        time.move(seconds: 1_000_000)
        while try await worker.step() {}
        time.move(seconds: -900_000)
        // Another kind of work makes the worker look at its plans.
        _ = try await queue.database.write { try queue.enqueue("count", on: $0) }
        while try await worker.step() {}
        time.move(seconds: 61)
        while try await worker.step() {}
        #expect(tally.value == 2)
    }

    /// A process on the same database whose kinds are others.
    private func other(_ queue: JobQueue, _ kinds: [JobKind]) -> JobQueue {
        let ids = IDSource(node: 1, clock: time.clock)
        return JobQueue(queue.database, kinds: kinds, ids: ids, clock: time.clock) { "Asia/Shanghai" }
    }

    private func planned(_ queue: JobQueue) async throws -> [String] {
        try await queue.database.read { try $0.rows("SELECT name FROM sys_job_plan ORDER BY name").map { $0.text(0) } }
    }

    @Test(arguments: [true, false])
    func `a plan that only one of two processes has comes all the same, and there alone`(isKnown: Bool) async throws {
        let (hourly, here, there) = (Schedule.every(seconds: 3600), Tally(), Tally())
        func backup(_ tally: Tally, _ schedule: Schedule?) -> JobKind {
            JobKind("backup", label: Label("Backup", zh: "备份"), schedule: schedule) { _ in
                tally.add()
                return .done()
            }
        }
        // The one knows how, but is told not to, or is of a version before.
        let one = try await queue([kind(schedule: hourly)] + (isKnown ? [backup(here, nil)] : []))
        let two = other(one, [kind(schedule: hourly), backup(there, .daily(hour: 2, minute: 30))])
        for _ in 0..<72 {
            for queue in [one, two, one] {
                let worker = JobWorker(queue)
                while try await worker.step() {}
            }
            #expect(try await planned(one) == ["backup", "count"])
            // Nobody is kept busy by what the other has.
            for queue in [one, two] {
                #expect(try await queue.database.read { try queue.untilDue(on: $0) } > 0)
            }
            time.move(seconds: 3600)
        }
        #expect(there.value == 3 && here.value == 0)
        let shown = try await one.database.read { try one.plans(on: $0).map(\.name) }
        #expect(shown == (isKnown ? ["count", "backup"] : ["count"]))
        // A job of it that is due waits for who has it.
        _ = try await two.database.write { try two.runNow("backup", on: $0) }
        while try await JobWorker(one).step() {}
        #expect(here.value == 0)
        while try await JobWorker(two).step() {}
        #expect(there.value == 4)
    }

    @Test func `a plan that nobody has had for two days is taken away`() async throws {
        let hourly = Schedule.every(seconds: 3600)
        let one = try await queue([kind(schedule: hourly), kind("gone")])
        let two = other(one, [kind("gone", schedule: .daily(hour: 2, minute: 30)), kind("ahead", schedule: hourly)])
        while try await JobWorker(two).step() {}
        // As it was noted by a clock that was ahead, and as a version before left one.
        try await one.database.write { connection in
            try connection.run("UPDATE sys_job_plan_seen SET seen_at = seen_at + 900000000 WHERE name = 'ahead'")
            try connection.run("INSERT INTO sys_job_plan (name, next_at) VALUES ('older', 0)")
        }
        for hour in 1...50 {
            while try await JobWorker(one).step() {}
            #expect(try await planned(one) == (hour < 49 ? ["ahead", "count", "gone", "older"] : ["count"]), "\(hour)")
            let shown = try await one.database.read { try one.plans(on: $0).map(\.name) }
            #expect(shown == (hour < 3 ? ["count", "gone"] : ["count"]), "\(hour)")
            time.move(seconds: 3600)
        }
        #expect(tally.value == 49)
    }

    @Test func `a daily job comes at the hour of the workspace's zone`() throws {
        let evening = try #require(Instant("2026-03-02T17:30:00Z"))
        let next = Schedule.daily(hour: 2, minute: 15).next(after: evening, zone: "Asia/Shanghai")
        #expect(next.description == "2026-03-02T18:15:00.000Z")
        let sunday = Schedule.weekly(day: 7, hour: 4, minute: 0).next(after: evening, zone: "Asia/Shanghai")
        #expect(sunday.description == "2026-03-07T20:00:00.000Z")
        // 2:15 does not exist in Berlin on this day.
        let spring = try #require(Instant("2026-03-28T22:00:00Z"))
        let gap = Schedule.daily(hour: 2, minute: 15).next(after: spring, zone: "Europe/Berlin")
        #expect(gap > spring && gap.milliseconds - spring.milliseconds < 86_400_000)
    }
}
