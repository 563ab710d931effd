import Customers
import Database
import Duplicates
import Identity
import Records
import SQLText
import Sales
import Schema
import Search
import TestSupport
import Values

/// A firm with customers, contacts and deals: two salespeople who see their own, and their head who sees all.
struct Bureau {
    let engine: RecordEngine
    let chen: Actor
    let lin: Actor
    let head: Actor

    static func open() async throws -> Bureau {
        let database = try await TestDatabase.make()
        let engine = try await RecordEngine(
            database: database,
            modules: [CustomersModule.module, SalesModule.module, DuplicatesModule.module]
        )
        let (team, ids) = (engine.ids.next(), engine.ids)
        func person(_ name: String, _ rights: Rights) -> Actor {
            Actor(
                userID: ids.next(),
                name: name,
                teamID: team,
                teamAndAbove: [team],
                teamTree: [team],
                rights: rights
            )
        }
        var own = Rights()
        own.objects["*"] = ObjectRights(everything: .own)
        let bureau = Bureau(
            engine: engine,
            chen: person("陈", own),
            lin: person("林", own),
            head: person("主管", .all)
        )
        let people = [bureau.chen, bureau.lin, bureau.head]
        try await database.write { connection in
            try connection.run("INSERT INTO sys_team (id, name, created_at) VALUES (\(team), '销售部', 0)")
            for person in people {
                try connection.run(
                    """
                    INSERT INTO sys_user (id, email, name, name_sort, team, language, time_zone, state, created_at,
                    updated_at) VALUES (\(person.userID), \("\(person.name)@example.com"), \(person.name),
                    \(person.name), \(person.teamID), 'zh', 'Asia/Shanghai', 'active', 0, 0)
                    """
                )
            }
        }
        return bureau
    }

    @discardableResult
    func make(_ plural: String, _ json: String, as actor: Actor) async throws -> RecordID {
        let input = try JSONReader.parse(json)
        return try await engine.write(as: actor) { try $0.create(try $0.object(plural), input).id }
    }

    func change(_ plural: String, _ id: RecordID, _ json: String, as actor: Actor) async throws {
        let input = try JSONReader.parse(json)
        try await engine.write(as: actor) { _ = try $0.update(try $0.object(plural), id, input) }
    }

    func show(_ plural: String, _ id: RecordID, as actor: Actor) async throws -> JSONValue {
        try await engine.read(as: actor) { session in
            var json = JSONWriter()
            try session.write(try session.object(plural), id, to: &json)
            return try JSONReader.parse(json.text)
        }
    }

    func check(_ plural: String, _ json: String, as actor: Actor) async throws -> DuplicateCheck {
        let input = try JSONReader.parse(json)
        return try await engine.read(as: actor) { try $0.duplicates(of: try $0.object(plural), input) }
    }

    func merge(
        _ plural: String,
        _ survivor: RecordID,
        _ others: [RecordID],
        choices: [String: RecordID] = [:],
        as actor: Actor
    ) async throws -> MergeOutcome {
        try await engine.write(as: actor) { session in
            try session.merge(
                try session.object(plural),
                MergeRequest(survivor: survivor, others: others, choices: choices)
            )
        }
    }

    func unmerge(_ plural: String, _ survivor: RecordID, merge: RecordID? = nil, as actor: Actor) async throws
        -> UnmergeOutcome
    {
        try await engine.write(as: actor) { try $0.unmerge(try $0.object(plural), survivor, merge: merge) }
    }

    /// Every row of every table but the audit, the outbox, merges themselves, versions and times of change.
    func everything() async throws -> [String: [String]] {
        try await engine.database.write { try SearchIndex.settle(on: $0) }
        return try await engine.database.read { connection in
            let tables = try connection.tables()
            var all: [String: [String]] = [:]
            for table in tables where !isLeftOut(table) {
                let columns = try connection.columns(of: table).map(\.name)
                    .filter { !["version", "updated_at", "updated_by"].contains($0) }
                let list = columns.map(quotedName).joined(separator: ", ")
                let key = table.hasPrefix("search_") ? "rowid, " : ""
                all[table] = try connection.rows("SELECT \(raw: key)\(raw: list) FROM \(name: table)")
                    .map { "\($0.values)" }.sorted()
            }
            return all
        }
    }

    private func isLeftOut(_ table: String) -> Bool {
        ["sys_audit", "sys_audit_head", "sys_outbox", "sys_counter"].contains(table) || table.hasPrefix("sys_merge")
            || table.hasPrefix("sqlite_")
            || (table.hasPrefix("search_") && table.contains { "_" == $0 } && isShadow(table))
    }

    private func isShadow(_ table: String) -> Bool {
        ["_data", "_idx", "_content", "_docsize", "_config"].contains { table.hasSuffix($0) }
    }
}

/// The problem that `body` ends with, or nil.
func problem(_ body: () async throws -> Void) async -> Problem? {
    do {
        try await body()
        return nil
    } catch {
        return error as? Problem
    }
}
