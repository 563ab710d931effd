public import Database
import Foundation
import SQLText
public import Values

/// Reading users. None of these touches passwords or other secrets.
extension Identities {
    /// The user of that id; nil if there is none.
    public func user(_ id: RecordID, on connection: Connection) throws -> User? {
        try users(where: "u.id = \(id)", on: connection).first
    }

    /// The user of that e-mail address; nil if there is none.
    public func user(email: String, on connection: Connection) throws -> User? {
        let email = Fold.fold(email).trimmingCharacters(in: .whitespacesAndNewlines)
        return try users(where: "u.email = \(email)", on: connection).first
    }

    /// The users of these ids, in no order.
    public func users(_ ids: [RecordID], on connection: Connection) throws -> [User] {
        var found: [User] = []
        for start in stride(from: 0, to: ids.count, by: 200) {
            let part = ids[start..<min(start + 200, ids.count)].map { SQLValue($0) }
            found += try users(where: "u.id IN \(list: part)", on: connection)
        }
        return found
    }

    /// A page of users ordered by name. Throws `malformed` for a cursor that this function has not made.
    public func users(_ query: UserQuery = UserQuery(), on connection: Connection) throws -> UserPage {
        let limit = max(1, min(query.limit, 200))
        var conditions: [SQLFragment] = try conditions(of: query, on: connection)
        if let cursor = query.cursor {
            let (sort, id) = try UserCursor.read(cursor)
            conditions.append("(u.name_sort > \(sort) OR (u.name_sort = \(sort) AND u.id > \(id)))")
        }
        let condition: SQLFragment = conditions.isEmpty ? "1 = 1" : conditions.joined(" AND ")
        let tail: SQLFragment = "\(condition) ORDER BY u.name_sort, u.id LIMIT \(limit + 1)"
        var sorts: [String] = []
        var users = try users(where: tail, on: connection) { sorts.append($0) }
        guard users.count > limit else { return UserPage(users: users, next: nil) }
        users.removeLast()
        return UserPage(users: users, next: UserCursor.text(sort: sorts[limit - 1], id: users[limit - 1].id))
    }

    /// How many users the query finds, whatever its page.
    public func countUsers(_ query: UserQuery = UserQuery(), on connection: Connection) throws -> Int64 {
        let conditions = try conditions(of: query, on: connection)
        let condition: SQLFragment = conditions.isEmpty ? "1 = 1" : conditions.joined(" AND ")
        return try connection.value("SELECT count(*) FROM sys_user u WHERE \(condition)").integer ?? 0
    }

    private func conditions(of query: UserQuery, on connection: Connection) throws -> [SQLFragment] {
        var conditions: [SQLFragment] = []
        if let text = query.text, !text.isEmpty {
            let escaped = Fold.fold(text).replacingOccurrences(of: "!", with: "!!")
                .replacingOccurrences(of: "%", with: "!%").replacingOccurrences(of: "_", with: "!_")
            let pattern = "%\(escaped)%"
            let name = connection.dialect.fold("u.name")
            conditions.append(
                """
                (\(raw: name) LIKE \(pattern) ESCAPE '!' OR u.name_sort LIKE \(pattern) ESCAPE '!' \
                OR u.email LIKE \(pattern) ESCAPE '!')
                """
            )
        }
        if let state = query.state { conditions.append("u.state = \(state.rawValue)") }
        if let teams = query.teams { conditions.append("u.team IN \(list: teams.map { SQLValue($0) })") }
        if let role = query.role {
            conditions.append("EXISTS (SELECT 1 FROM sys_user_role r WHERE r.user_id = u.id AND r.role = \(role))")
        }
        return conditions
    }

    private func users(
        where condition: SQLFragment,
        on connection: Connection,
        sort: (String) -> Void = { _ in }
    ) throws -> [User] {
        var users: [User] = []
        let sql: SQLFragment = """
            SELECT u.id, u.email, u.name, u.team, u.language, u.time_zone, u.state, u.second_factor, u.created_at,
                u.updated_at, u.version, u.name_sort
            FROM sys_user u WHERE \(condition)
            """
        for row in try connection.rows(sql) {
            sort(row.text(11))
            users.append(
                User(
                    id: RecordID(row.integer(0)),
                    email: row.text(1),
                    name: row.text(2),
                    team: row.id(3),
                    language: Language(rawValue: row.text(4)) ?? .zh,
                    timeZone: row.text(5),
                    state: UserState(rawValue: row.text(6)) ?? .disabled,
                    hasSecondFactor: row.integer(7) == 1,
                    createdAt: Instant(milliseconds: row.integer(8)),
                    updatedAt: Instant(milliseconds: row.integer(9)),
                    version: row.integer(10),
                    roles: []
                )
            )
        }
        let list = users.map { SQLValue($0.id) }
        guard !list.isEmpty else { return [] }
        var roles: [RecordID: [RecordID]] = [:]
        let assignments: SQLFragment = """
            SELECT user_id, role FROM sys_user_role WHERE user_id IN \(list: list) ORDER BY role
            """
        for row in try connection.rows(assignments) {
            roles[RecordID(row.integer(0)), default: []].append(RecordID(row.integer(1)))
        }
        for index in users.indices { users[index].roles = roles[users[index].id] ?? [] }
        return users
    }
}

/// Where a page of users ended, as a text for addresses.
private enum UserCursor {
    static func text(sort: String, id: RecordID) -> String { Base64URL.text(Array((id.description + sort).utf8)) }

    static func read(_ text: String) throws -> (sort: String, id: RecordID) {
        guard let bytes = Base64URL.bytes(text), let whole = String(validating: bytes, as: UTF8.self),
            let id = RecordID(String(whole.prefix(13)))
        else {
            throw Problem.malformed(
                "bad_cursor",
                Label("This page no longer exists. Start again from the first.", zh: "页码已失效，请从第一页重新开始。")
            )
        }
        return (String(whole.dropFirst(13)), id)
    }
}
