import Database
public import Identity
import Records
import SQLText
public import Values

/// People who use the workspace and have left: what they did stays, who they were goes.
extension Privacy {
    /// Erases a user who can no longer log in: name, address, log-ins and keys go; what they own and did stays under a
    /// token. `confirmation` must be the e-mail address. Needs the rights to erase and to manage users.
    @discardableResult
    public func eraseUser(
        _ id: RecordID,
        confirmation: String,
        reason: String? = nil,
        as actor: Actor
    ) async throws -> ErasureReport {
        try actor.require(.privacy)
        try actor.require(.users)
        guard let identities else { throw Problem.notFound }
        let user = try await engine.database.read { try identities.user(id, on: $0) }
        guard let user, !user.name.hasPrefix(Person.mark) else { throw Problem.notFound }
        guard user.state == .disabled else {
            throw Problem.invalid(
                "id",
                "still_active",
                Label(
                    "Take the log-in from this user and hand over what they own first.",
                    zh: "请先停用该成员，并移交其负责的数据。"
                )
            )
        }
        guard confirmation.lowercased() == user.email else {
            throw Problem.invalid(
                "confirm",
                "not_confirmed",
                Label("Type the e-mail address exactly as it is shown.", zh: "请准确输入所显示的邮箱以确认。")
            )
        }
        let token = Person.token()
        let object = IdentityChange.Subject.user.rawValue
        try ledger?.add([.init(object: object, record: id, token: token, at: engine.clock.now())])
        let report = try await eraseUser(id, token: token, reason: reason, as: actor)
        engine.database.checkpoint()
        return report
    }

    /// The log in steps, then the user in one transaction.
    @discardableResult
    func eraseUser(_ id: RecordID, token: String, reason: String?, as actor: Actor) async throws -> ErasureReport {
        guard let identities else { throw Problem.notFound }
        let reason = reason.map { String($0.prefix(200)) }
        let object = IdentityChange.Subject.user.rawValue
        var report = ErasureReport()
        report.token = token
        var last: Int64 = 0
        while true {
            let from = last
            let step = try await engine.write(as: actor) { session in
                let step = try session.eraseActor(id, name: token, after: from, limit: 500)
                if !step.seals.isEmpty {
                    try session.sealErasure(object, id, details: [], seals: step.seals)
                }
                return step
            }
            report.entries += Int64(step.seals.count)
            guard let next = step.next else { break }
            last = next
        }
        let (texts, entries) = try await engine.database.read { connection in
            guard let user = try identities.user(id, on: connection) else { throw Problem.notFound }
            let texts = try Privacy.names(of: user, connection)
            return (texts, try Privacy.entries(about: id, texts, connection))
        }
        for start in stride(from: 0, to: entries.count, by: 200) {
            let part = entries[start..<min(start + 200, entries.count)].map { "\($0)" as SQLFragment }
            report.entries += try await engine.write(as: actor) { session in
                let seals = try session.eraseFromAudit("seq IN (" + part.joined(", ") + ")") {
                    Privacy.renamed($0, texts, token)
                }
                try session.sealErasure(object, id, details: [], seals: seals)
                return Int64(seals.count)
            }
        }
        try await engine.write(as: actor) { session in
            let connection = session.connection
            for table in try Privacy.tablesWithActors(connection) {
                try connection.run("UPDATE \(name: table) SET actor_name = \(token) WHERE actor = \(id)")
            }
            try identities.eraseUser(id, name: token, was: texts.sorted(), by: session.actor, on: connection)
            try connection.run(
                """
                INSERT INTO sys_erasure (id, object, record, at, actor, reason) VALUES (\(session.newID()), \
                \(object), \(id), \(session.now), \(session.actor.userID), \(reason))
                """
            )
            let details = reason.map { [JSONValue.Member(key: "reason", value: .string($0))] } ?? []
            try session.sealErasure(object, id, details: details, seals: [])
        }
        return report
    }

    /// The names and addresses that a user has or had.
    private static func names(of user: User, _ connection: Connection) throws -> Set<String> {
        var texts: Set<String> = [user.email, user.name]
        let object = IdentityChange.Subject.user.rawValue
        try connection.each(
            "SELECT changes FROM sys_audit WHERE record = \(user.id) AND object = \(object) AND changes IS NOT NULL"
        ) { cursor in
            for member in (try? JSONReader.parse(cursor.text(0)))?.members ?? []
            where member.key == "email" || member.key == "name" {
                texts.formUnion((member.value.array ?? [member.value]).compactMap(\.string))
            }
            return true
        }
        return texts.filter { !$0.isEmpty && !$0.hasPrefix(Person.mark) }
    }

    /// Entries of the log that tell of the user, their log-ins and keys.
    private static func entries(about id: RecordID, _ texts: Set<String>, _ connection: Connection) throws -> [Int64] {
        let sessions = IdentityChange.Subject.session.rawValue
        let named = texts.sorted().map { "instr(changes, \($0)) > 0" as SQLFragment }
        let told = (["actor = \(id) AND object = \(sessions)"] + named).joined(" OR ")
        return try connection.rows(
            """
            SELECT seq FROM sys_audit WHERE object IN ('sys_user', 'sys_team', 'sys_role', 'sys_session', 'sys_api_key') \
            AND action <> 'erase' AND changes IS NOT NULL AND (
            """ + told + ") ORDER BY seq"
        ).map { $0.integer(0) }
    }

    /// Names and addresses become the token wherever they are a whole value; so do places and devices of log-ins.
    private static func renamed(_ value: JSONValue, _ texts: Set<String>, _ token: String) -> JSONValue {
        switch value {
        case .string(let text): texts.contains(text) ? .string(token) : value
        case .array(let items): .array(items.map { renamed($0, texts, token) })
        case .object(let members):
            .object(
                members.map { member in
                    ["address", "device"].contains(member.key)
                        ? .init(key: member.key, value: Eraser.blanked(member.value, token))
                        : .init(key: member.key, value: renamed(member.value, texts, token))
                }
            )
        default: value
        }
    }

    /// System tables that keep the name of who did something beside the id; the audit log is dealt with apart.
    private static func tablesWithActors(_ connection: Connection) throws -> [String] {
        try connection.tables().filter { table in
            guard table.hasPrefix("sys_"), table != "sys_audit" else { return false }
            let columns = try connection.columns(of: table).map(\.name)
            return columns.contains("actor") && columns.contains("actor_name")
        }
    }
}
