import Database
import Foundation
import Identity
import SQLText
import Synchronization
import TestSupport
import Values

/// A clock that tests set.
final class TestClock: Sendable {
    private let time = Mutex(Instant("2026-03-02T01:00:00.000Z") ?? Instant(milliseconds: 0))
    var clock: Clock { Clock { self.time.withLock { $0 } } }
    var now: Instant { time.withLock { $0 } }
    func advance(seconds: Int64) { time.withLock { $0 = $0.adding(milliseconds: seconds * 1000) } }
}

/// What the audit log was told.
final class Notes: Sendable {
    private let changes = Mutex<[IdentityChange]>([])
    var all: [IdentityChange] { changes.withLock { $0 } }
    func add(_ change: IdentityChange) { changes.withLock { $0.append(change) } }
}

/// A small company: 王芳 leads the sales of 华东, 李强 and 陈静 sell there in 上海, 赵敏 sells in 华南.
struct Office {
    let database: Database
    let clock = TestClock()
    let notes = Notes()
    let identities: Identities
    let logIn: LogIn
    let boss = Actor.system("setup")
    let east: RecordID
    let shanghai: RecordID
    let south: RecordID
    let admin: RecordID
    let wang: RecordID
    let li: RecordID
    let chen: RecordID
    let zhao: RecordID

    static let password = "清晨 the heron waits"

    init() async throws {
        let (database, notes, clock) = (try await TestDatabase.make(), notes, clock)
        let identities = Identities(
            database: database,
            ids: IDSource(clock: clock.clock),
            clock: clock.clock,
            audit: { change, _ in notes.add(change) }
        )
        let hash = try await PasswordHash.testing.hash(Office.password)
        let boss = boss
        let ids = try await database.write { connection in
            try IdentityTables.create(on: connection)
            try identities.seedRoles(on: connection)
            let east = try identities.addTeam("华东", by: boss, on: connection).id
            let shanghai = try identities.addTeam("上海", parent: east, by: boss, on: connection).id
            let south = try identities.addTeam("华南", by: boss, on: connection).id
            func person(_ name: String, _ mail: String, _ team: RecordID?, _ role: String) throws -> RecordID {
                let role = try identities.role(key: role, on: connection)
                let new = NewUser(email: mail, name: name, team: team, roles: role.map { [$0.id] } ?? [])
                let id = try identities.addUser(new, by: boss, on: connection).id
                try identities.setPassword(hash: hash, of: id, by: boss, on: connection)
                return id
            }
            return [
                east, shanghai, south, try person("周海", "zhou@example.cn", nil, "administrator"),
                try person("王芳", "wang@example.cn", east, "sales_manager"),
                try person("李强", "li@example.cn", shanghai, "salesperson"),
                try person("陈静", "chen@example.cn", shanghai, "salesperson"),
                try person("赵敏", "zhao@example.cn", south, "salesperson"),
            ]
        }
        self.database = database
        self.identities = identities
        logIn = LogIn(identities, passwords: .testing)
        (east, shanghai, south, admin) = (ids[0], ids[1], ids[2], ids[3])
        (wang, li, chen, zhao) = (ids[4], ids[5], ids[6], ids[7])
    }

    func actor(_ id: RecordID) async throws -> Actor {
        guard let actor = try await identities.actor(for: id) else { throw Problem.notFound }
        return actor
    }

    func role(_ key: String) async throws -> Role {
        let identities = identities
        guard let role = try await database.read({ try identities.role(key: key, on: $0) }) else {
            throw Problem.notFound
        }
        return role
    }

    /// Changes identities in a transaction.
    func change<Result: Sendable>(
        _ body: @escaping @Sendable (Identities, Connection) throws -> Result
    ) async throws -> Result {
        let identities = identities
        return try await database.write { try body(identities, $0) }
    }

    /// Logs in with the right password and answers the session's token.
    func session(_ email: String, device: String = "Firefox") async throws -> NewSession {
        let result = try await logIn.logIn(
            email: email,
            password: Office.password,
            address: "10.0.0.7",
            device: device
        )
        guard case .session(let session) = result else { throw Problem.notFound }
        return session
    }
}

/// The problem that `body` throws.
func problem(_ body: () async throws -> Void) async -> Problem? {
    do {
        try await body()
        return nil
    } catch {
        return error as? Problem
    }
}
